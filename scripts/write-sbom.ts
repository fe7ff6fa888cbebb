// `npm run sbom`: the software bill of materials, CycloneDX, of what the product brings along: npm's own, from the lock.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Bom = { metadata: { component: { name: string } }; components: unknown[] }

const projectFolder = join(import.meta.dirname, '..')
const file = join(projectFolder, 'sbom.cdx.json')

const format = ['--sbom-format=cyclonedx', '--sbom-type=application']
const text = execFileSync('npm', ['sbom', ...format, '--omit=dev', '--package-lock-only'], {
  cwd: projectFolder,
  encoding: 'utf8',
  maxBuffer: 64 * 1_048_576,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const bom = JSON.parse(text) as Bom
const { name } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { name: string }
// npm names the product after the folder that it lies in.
bom.metadata.component.name = name
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`)
console.log(`sbom.cdx.json: ${bom.components.length} components`)
