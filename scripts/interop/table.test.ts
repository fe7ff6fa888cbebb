// What foreign suites say: read, counted, and held against what we fail on purpose.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { deviations } from './deviations.ts'
import { readSanity, readTester, suites } from './suites.ts'
import { countTable, surprisesIn } from './table.ts'

const printed = `Performing a SCIM compliance check on http://127.0.0.1:1/scim/v2/dir_1/ ...
SUCCESS service_provider_config_endpoint
SUCCESS object_deletion
  Successfully deleted Group object with id grp_1
DEVIATION unknown_url
  A word
ERROR check_add_attribute
  Attribute 'members' was not added or has unexpected value
Patched value: [Members(value='usr_1')]
SKIPPED bulk
`

it('reads scim2-tester', () => {
  expect(readTester(printed)).toEqual([
    { check: 'service_provider_config_endpoint', result: 'passed' },
    { check: 'object_deletion: Successfully deleted Group object with id grp_1', result: 'passed' },
    { check: 'unknown_url: A word', result: 'passed' },
    { check: "check_add_attribute: Attribute 'members' was not added or has unexpected value", result: 'failed' },
    { check: 'bulk', result: 'skipped' },
  ])
})

it('reads scim-sanity', () => {
  const results = [
    { name: 'GET /Schemas', status: 'pass' },
    { name: 'Agent', status: 'skip', message: 'Not supported' },
    { name: 'PUT', status: 'fail', message: 'Expected 200' },
    { name: 'GET', status: 'error', message: 'Timed out' },
  ]
  expect(readSanity(JSON.stringify({ results })).map(({ result }) => result)).toEqual([
    'passed',
    'skipped',
    'failed',
    'failed',
  ])
})

it('tells a failure on purpose from a surprise', () => {
  const found = [{ suite: 'scim2-tester', version: '1', outcomes: readTester(printed) }]
  expect(surprisesIn(found, deviations)).toEqual([])
  expect(surprisesIn(found, [])).toEqual([
    "scim2-tester: check_add_attribute: Attribute 'members' was not added or has unexpected value",
  ])
  expect(countTable(found)).toContain('| scim2-tester | 1 | 3 | 1 | 1 |')
})

it('the page names every suite, and every check that fails on purpose', () => {
  const page = readFileSync(new URL('../../docs/interoperability.md', import.meta.url), 'utf8')
  for (const { suite, check, reason } of deviations) {
    expect(page).toContain(check)
    expect(page).toContain(reason)
    expect(suites.map(({ name }) => name)).toContain(suite)
  }
})
