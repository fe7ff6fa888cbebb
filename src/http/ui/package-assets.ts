// The style sheets and scripts of pages that come from packages; the build copies them beside our own.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)

/** Where each lies while its package is installed. */
export const packageAssets = {
  'tabler.css': () => require.resolve('@tabler/core/dist/css/tabler.min.css'),
  'htmx.js': () => require.resolve('htmx.org/dist/htmx.min.js'),
  'htmx-sse.js': () => require.resolve('htmx-ext-sse/dist/sse.min.js'),
  'webauthn.js': () => join(require.resolve('@simplewebauthn/browser'), '../../dist/bundle/index.umd.min.js'),
} as const satisfies Record<string, () => string>
