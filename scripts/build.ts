// `npm run build`: the server as plain JavaScript in dist/, packages included: what the image and the package run (ADR 0052). Only
// what is no JavaScript stays outside: PostgreSQL, which comes as a package, and drizzle/.
import { chmodSync, copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { packageAssets } from '../src/http/ui/package-assets.ts'

const projectFolder = join(import.meta.dirname, '..')
const outdir = join(projectFolder, 'dist')

const common = {
  absWorkingDir: projectFolder,
  bundle: true,
  format: 'esm',
  platform: 'node',
  outdir,
  logLevel: 'warning',
} as const satisfies BuildOptions

/** In pieces that are loaded when they are needed. Names stay, so that a stack trace says in which functions it was. */
const server = {
  ...common,
  entryPoints: { main: 'src/main.ts', worker: 'src/sso/saml/worker.ts' },
  target: 'node24',
  splitting: true,
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  legalComments: 'none',
  // The text of the program is held in memory as well: without what people need to read it, it is a quarter less.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  // Packages of the older kind ask for what comes with Node by `require`.
  banner: {
    js: "import{createRequire as packageRequire}from'node:module';const require=packageRequire(import.meta.url);",
  },
} as const satisfies BuildOptions

/** Has to be read by the Node that is found, which may be too old for the server. */
const launcher = {
  ...common,
  entryPoints: { rolecall: 'src/launch.ts' },
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
} as const satisfies BuildOptions

function copyAssets(): void {
  cpSync(join(projectFolder, 'src/http/ui/assets'), join(outdir, 'assets'), { recursive: true })
  for (const [name, file] of Object.entries(packageAssets)) copyFileSync(file(), join(outdir, 'assets', name))
}

/** A text with a single character beyond Latin 1 takes two bytes for each: those few are written as escapes. */
function spellOut(file: string): void {
  const text = readFileSync(file, 'utf8')
  const spelt = text.replace(
    /[^\0-\u00ff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  if (spelt !== text) writeFileSync(file, spelt)
}

/** The licences of the packages that are in the build ask to be passed on with it. */
function writeLicences({ inputs }: Metafile): number {
  const files = [
    ...Object.keys(inputs).map((path) => join(projectFolder, path)),
    ...Object.values(packageAssets).map((file) => file()),
  ]
  const folders = files.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [])
  const packages = [...new Set(folders)].sort()
  const texts = packages.map(licenceOf)
  writeFileSync(join(outdir, 'LICENCES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
  return packages.length
}

function licenceOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  return `${manifest['name']}@${manifest['version']} (${manifest['license'] ?? 'see below'})\n${text}`
}

rmSync(outdir, { recursive: true, force: true })
const [{ metafile }] = await Promise.all([build(server), build(launcher)])
const scripts = Object.keys(metafile.outputs).filter((path) => path.endsWith('.js'))
for (const path of scripts) spellOut(join(projectFolder, path))
copyAssets()
const packages = writeLicences(metafile)
chmodSync(join(outdir, 'rolecall.js'), 0o755)
const bytes = scripts.reduce((sum, path) => sum + (metafile.outputs[path]?.bytes ?? 0), 0)
console.log(`dist: ${(bytes / 1_048_576).toFixed(1)} MB of JavaScript, ${packages} packages included`)
