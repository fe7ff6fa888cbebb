// `npm run supply-chain`: holds the packages to scripts/supply-chain.json, which says what licences the product may bring along, and
// which packages are known to have an install script. None of those runs (.npmrc: ignore-scripts).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const projectFolder = join(import.meta.dirname, '..')

type Rules = {
  /** SPDX identifiers. */
  licences: string[]
  /** What somebody has read in packages that do not say it in a form for machines, by name@version. */
  licencesRead: Record<string, string>
  /** By name, or a scope with an asterisk, and why the package works without it. */
  installScripts: Record<string, string>
}

type Locked = {
  version?: string
  license?: string
  dev?: boolean
  devOptional?: boolean
  hasInstallScript?: boolean
  link?: boolean
}

type Manifest = { license?: unknown; scripts?: Record<string, string> }

export type SupplyChainReport = {
  /** What the rules do not allow, a line each. */
  faults: string[]
  packages: number
}

/** @param root holds package-lock.json, .npmrc and, as far as packages are installed, node_modules */
export function checkSupplyChain(root: string, rules: Rules): SupplyChainReport {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
  const packages = Object.entries(lock.packages).filter(([path, { link }]) => path !== '' && link !== true)
  const faults = packages.flatMap(([path, locked]) => {
    const manifest = manifestOf(join(root, path))
    return [...scriptFaults(path, locked, { manifest, rules }), ...licenceFaults(path, locked, { manifest, rules })]
  })
  return { faults: [...settingFaults(root), ...faults], packages: packages.length }
}

function settingFaults(root: string): string[] {
  const file = join(root, '.npmrc')
  const settings = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return settings.includes('ignore-scripts=true') ? [] : ['.npmrc: ignore-scripts=true is missing']
}

const manifestOf = (folder: string): Manifest | undefined => {
  const file = join(folder, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

type Known = { manifest: Manifest | undefined; rules: Rules }

/** The lock says it as the registry does; what is installed is looked at, too. */
function scriptFaults(path: string, { hasInstallScript, version }: Locked, { manifest, rules }: Known): string[] {
  const isInstalling = ['preinstall', 'install', 'postinstall'].some((name) => manifest?.scripts?.[name] !== undefined)
  if (hasInstallScript !== true && !isInstalling) return []
  const name = nameOf(path)
  const scope = `${name.split('/')[0]}/*`
  if (Object.hasOwn(rules.installScripts, name) || Object.hasOwn(rules.installScripts, scope)) return []
  return [`${name}@${version}: has an install script that nobody has looked at`]
}

/** What is only there for developing is not part of the product. */
function licenceFaults(path: string, locked: Locked, { manifest, rules }: Known): string[] {
  if (locked.dev === true || locked.devOptional === true) return []
  const name = `${nameOf(path)}@${locked.version}`
  const read = rules.licencesRead[name]
  const said = [locked.license, manifest?.license].filter((licence) => licence !== undefined)
  const licences = said.length === 0 && read !== undefined ? [read] : said
  if (licences.length === 0) return [`${name}: names no licence`]
  return licences
    .filter((licence) => typeof licence !== 'string' || !isAllowed(licence, rules.licences))
    .map((licence) => `${name}: the licence ${JSON.stringify(licence)} is not on the list`)
}

/** An SPDX expression: of what OR joins one part has to be on the list, of what AND joins all. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1')
  if (/[()]/.test(plain)) return false
  return plain.split(' OR ').some((part) => part.split(' AND ').every((licence) => allowed.includes(licence.trim())))
}

export const supplyChainRules = (): Rules =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'supply-chain.json'), 'utf8')) as Rules

if (import.meta.main) {
  const { faults, packages } = checkSupplyChain(projectFolder, supplyChainRules())
  for (const fault of faults) console.error(fault)
  console.log(`${packages} packages, ${faults.length} against the rules`)
  process.exitCode = faults.length === 0 && packages > 0 ? 0 : 1
}
