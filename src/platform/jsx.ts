// JSX at run time: Node strips types from .ts but does not read .tsx, so each .tsx file of src is turned into JavaScript as
// it is loaded (ADR 0009). Line numbers stay as written.
import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Options, TransformResult } from 'sucrase'

const sourceFolder = new URL('../', import.meta.url).href

const options = {
  transforms: ['typescript', 'jsx'],
  jsxRuntime: 'automatic',
  jsxImportSource: 'hono/jsx',
  production: true,
  keepUnusedImports: true,
  disableESTransforms: true,
  preserveDynamicImport: true,
} as const satisfies Options

type Transform = (code: string, options: Options) => TransformResult

/** From here on, .tsx files below src can be imported. */
export function registerJsx(): void {
  let transform: Transform | undefined
  registerHooks({
    load: (url, context, nextLoad) => {
      if (!url.endsWith('.tsx') || !url.startsWith(sourceFolder)) return nextLoad(url, context)
      // The transformer is loaded with the first page: most commands have none.
      transform ??= (createRequire(import.meta.url)('sucrase') as { transform: Transform }).transform
      const filePath = fileURLToPath(url)
      const { code } = transform(readFileSync(filePath, 'utf8'), { ...options, filePath })
      return { format: 'module', source: code, shortCircuit: true }
    },
  })
}
