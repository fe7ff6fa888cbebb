// Proves that the check of references bites: a small project in which everything leads somewhere, and one fault at a time.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkReferences } from './check-references.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

/** Written in parts, since this file is checked as well. */
const id = (...parts: (string | number)[]): string => parts.join('')

const attack = id('S', '-001')
const door = 'test/door.test.ts'

const sound: Record<string, string> = {
  'README.md': `# Project\n\n[Wire](docs/wire.md#${id(2)}-names-compare-without-case), [doors](docs/attacks.md)\n`,
  'docs/wire.md': '# Wire\n\n### 2. Names compare without case\n',
  'docs/attacks.md': `| Id | Tried by |\n| -- | -- |\n| ${attack} | \`${door}\` |\n`,
  'docs/acceptance.md': `| ${id('00', '0-01')} | x |\n| ${id('C', 8)} | x |\n\n### ${id('J', 7)} A guest\n\n1. Comes\n2. Goes\n`,
  'docs/adr/README.md': '| [0022](0022-a.md) | A |\n',
  'docs/adr/0022-a.md': '# A\n\nIt was in `src/of/its/time.ts`.\n',
  'src/a/b.ts': `// As a/b.ts and src/a/ do (wire 2, ${id('ADR ', '0022')}); there is no index.ts, and https://x.example/y.ts is elsewhere.\n`,
  [door]: `test('${attack}, ${id('00', '0-01')}, ${id('C', 8)}, ${id('J', '7.2')}: x', () => {})\n`,
}

function check(changed: Record<string, string | undefined> = {}): string[] {
  const root = mkdtempSync(join(tmpdir(), 'references-'))
  roots.push(root)
  for (const [path, text] of Object.entries({ ...sound, ...changed })) {
    if (text === undefined) continue
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return checkReferences(root).faults
}

test('every reference of this project leads somewhere', () => {
  const { faults, texts } = checkReferences(join(import.meta.dirname, '..'))
  expect(faults).toEqual([])
  expect(texts).toBeGreaterThan(500)
})

test('where everything leads somewhere, nothing is said', () => expect(check()).toEqual([]))

describe('ids', () => {
  test.each([
    ['a point', id('wire', ' 2, 4'), 'docs/wire.md has no point 4'],
    ['a range of points', id('wire', ' 2–5'), 'docs/wire.md has no point 5'],
    ['a record', id('ADR', ' 0099'), 'docs/adr/README.md has no record 0099'],
    ['an attack', id('W', '-099'), `docs/attacks.md has no attack ${id('W', '-099')}`],
    ['a promise', id('00', '3-77'), `docs/acceptance.md has no promise ${id('00', '3-77')}`],
    ['a choice', id('C', 9), `docs/acceptance.md has no promise ${id('C', 9)}`],
    ['a step', id('J', '7.3'), `docs/acceptance.md has no promise ${id('J', '7.3')}`],
  ])('%s that is not there', (_, text, fault) => {
    expect(check({ 'src/c.test.ts': `// ${text}\n` })).toEqual([`src/c.test.ts:1: ${fault}`])
  })

  test.each([id('design', ' 2.10'), id('(design', ': x'), id('idp', '/wire 8'), id('../', 'shared', '/layout.md')])(
    '%s leads out of the project',
    (text) => {
      expect(check({ 'src/c.ts': `\n// ${text}\n` })).toContainEqual(expect.stringMatching(/^src\/c\.ts:2: .* out of/))
    },
  )

  test('a row whose test does not carry the id, is gone, or is not named', () => {
    expect(check({ [door]: '' })).toEqual([`docs/attacks.md: ${door} does not carry ${attack}`])
    expect(check({ [door]: undefined })).toContain(`docs/attacks.md: ${door} does not carry ${attack}`)
    expect(check({ 'docs/attacks.md': `| ${attack} | nobody |\n` })).toEqual([
      `docs/attacks.md: ${attack} names no test`,
    ])
  })
})

describe('paths', () => {
  test.each([
    ['src/c.ts', '// As a/gone.ts does.', 'a/gone.ts'],
    ['src/c.ts', '/** See gone.ts. */', 'gone.ts'],
    ['src/c.ts', id('const x = 1 /', '/ test/gone'), 'test/gone'],
    ['docs/c.md', 'In `src/gone/`.', 'src/gone'],
    ['docs/c.md', 'In `of/old/`.', 'of/old'],
    ['docs/c.md', '`../src/a/gone.tsx`', 'src/a/gone.tsx'],
  ])('%s: %s', (path, text, gone) => {
    expect(check({ [path]: `${text}\n` })).toEqual([`${path}:1: there is no ${gone}`])
  })

  test('code is not prose', () => expect(check({ 'src/c.ts': "const x = 'a/gone.ts'\n" })).toEqual([]))
})

describe('links', () => {
  test.each([
    ['[a](gone.md)', 'gone.md'],
    ['[a](wire.md#gone)', 'wire.md#gone'],
    ['[a](#gone)', '#gone'],
    ['[a]: ../src/gone.png', '../src/gone.png'],
  ])('%s', (text, target) => {
    expect(check({ 'docs/c.md': `# C\n\n${text}\n` })).toEqual([`docs/c.md:3: ${target} leads nowhere`])
  })

  test('headings as GitHub names them, code and the web', () => {
    const text = '# Who’s `in`: a_b & c\n\n# Twice\n\n# Twice\n\n'
    const links =
      '[a](#whos-in-a_b--c) [b](#twice-1) [c](https://example.com/#x) `[d](gone.png)`\n\n```\n[e](gone.png)\n```\n'
    expect(check({ 'docs/c.md': text + links })).toEqual([])
  })
})
