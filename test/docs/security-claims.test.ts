// docs/security.md stays true only as long as something fails when it is not: each of its claims names the tests that show it.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const page = new URL('../../docs/security.md', import.meta.url)
const lines = readFileSync(page, 'utf8').split('\n')

/** Sections that explain, and claim nothing. */
const explanations = ['Not there yet']

type Claim = { line: number; text: string; isRow: boolean }

const definition = /^\[([^\]]+)\]: (\S+)$/
const definitions = new Map(
  lines.flatMap((line) => {
    const [, label, target] = definition.exec(line) ?? []
    return label === undefined || target === undefined ? [] : [[label, target] as const]
  }),
)

/** List items with all of their lines, and the rows of tables below their heading. */
function claimsOf(text: readonly string[]): Claim[] {
  const claims: Claim[] = []
  let section = ''
  for (const [index, line] of text.entries()) {
    const last = claims.at(-1)
    const isDelimiter = /^\|[ :|-]+\|$/.test(line)
    if (line.startsWith('#')) section = line.replace(/^#+ /, '')
    else if (explanations.includes(section)) continue
    else if (/^\s*([-*+]|\d+\.) /.test(line)) claims.push({ line: index + 1, text: line, isRow: false })
    else if (/^\s+\S/.test(line) && last?.isRow === false) last.text += ` ${line.trim()}`
    // What stands above the delimiter is the heading of the table.
    else if (isDelimiter) claims.pop()
    else if (line.startsWith('|')) claims.push({ line: index + 1, text: line, isRow: true })
  }
  return claims
}

/** The files of tests that a claim ends with: `([sso/linking], [sso/proofs])`, in a table the last cell. */
function testsOf({ text, isRow }: Claim): string[] {
  const link = String.raw`\[[^\]]+\](?:\([^)]+\))?`
  const list = `(${link}(?:, ${link})*)`
  const [, links = ''] = new RegExp(isRow ? String.raw`\| ${list} *\|$` : String.raw`\(${list}\)\.?$`).exec(text) ?? []
  return [...links.matchAll(/\[([^\]]+)\](?:\(([^)]+)\))?/g)].map(
    ([, label = '', target]) => target ?? definitions.get(label) ?? label,
  )
}

const isTest = (target: string): boolean => target.endsWith('.test.ts') && existsSync(new URL(target, page))

const claims = claimsOf(lines)

test('the page is read: many claims, and tables among them', () => {
  expect(claims.length).toBeGreaterThan(150)
  expect(claims.filter(({ isRow }) => isRow).length).toBeGreaterThan(20)
})

test.each(claims)('line $line names tests that are there', (claim) => {
  const tests = testsOf(claim)
  expect(tests.length, `${claim.text} names no test`).toBeGreaterThan(0)
  expect(tests.filter((target) => !isTest(target))).toEqual([])
})

test('every label is the path of its test, and is used', () => {
  const text = lines.filter((line) => !definition.test(line)).join('\n')
  for (const [label, target] of definitions) {
    const path = /^(src|scripts)\//.test(label) ? label : `test/${label}`
    expect([label, target]).toEqual([label, `../${path}.test.ts`])
    expect(text).toContain(`[${label}]`)
  }
})

describe('what would go unseen otherwise', () => {
  const found = (...text: string[]) => claimsOf(text).map((claim) => testsOf(claim))

  test('a claim without a test, one in the middle of which a test is named, and one that is continued', () => {
    expect(found('- A claim.')).toEqual([[]])
    expect(found('- A claim ([sso/linking]) and more.')).toEqual([[]])
    expect(found('- A claim', '  and more. ([sso/linking])')).toEqual([['../test/sso/linking.test.ts']])
    expect(found('- A claim. ([linking](../test/sso/linking.test.ts))')).toEqual([['../test/sso/linking.test.ts']])
  })

  test('a row without a test, and a file that is not there', () => {
    const table = ['| Input | Limit | Test |', '| ----- | ----- | ---- |']
    expect(found(...table, '| Form | 64 KiB | |')).toEqual([[]])
    expect(found(...table, '| Form | 64 KiB | [sso/linking] |')).toEqual([['../test/sso/linking.test.ts']])
    expect(['../test/sso/nothing.test.ts', 'sso/linking', '../src/app.ts'].map(isTest)).toEqual([false, false, false])
  })

  test('what a section of explanations says is no claim', () => {
    expect(found('## Not there yet', '- A wish.', '## Then', '- A claim.')).toEqual([[]])
  })
})
