// Filter logic, value paths, names and refusals: RFC 7644 §3.4.2.2.
import { type Check, check, skip } from '../check.ts'
import { expectBody, expectError, expectStatus, fail } from '../expect.ts'
import { enterpriseUrn, userUrn } from '../urns.ts'
import { createPeople, expectRefusedFilter, type Label, labelsOf } from './people.ts'

const logic: readonly (readonly [string, string, readonly Label[]])[] = [
  ['and', 'name.familyName eq "Marsh" and title pr', ['ann']],
  ['or', 'title eq "Engineer" or title eq "Manager"', ['ann', 'bob']],
  ['not', 'not (title pr)', ['cyd']],
  ['not with an expression that finds all', 'not (userName pr)', []],
  ['and on the right binds tighter than or', 'title eq "Manager" or title pr and active eq true', ['ann', 'bob']],
  ['and on the left binds tighter than or', 'active eq true and title pr or title eq "Manager"', ['ann', 'bob']],
  ['grouping comes before and', '(title eq "Engineer" or name.familyName eq "Reed") and active eq false', ['bob']],
  ['not binds tighter than and', 'not (active eq true) and title eq "Manager"', ['bob']],
  ['nested groups', '((active eq true and (title pr)) or (active eq false))', ['ann', 'bob']],
  ['a value path', 'emails[type eq "work"]', ['ann', 'bob']],
  ['a value path with and', 'emails[type eq "work" and value co ".bob."]', ['bob']],
  ['a value path compares one and the same value', 'emails[type eq "home" and value co ".work@"]', []],
  ['a value path with not', 'emails[not (type eq "home")]', ['ann', 'bob']],
  ['a value path beside other terms', 'emails[type eq "home"] and name.familyName eq "Marsh"', ['ann', 'cyd']],
  ['operators in any case', 'title EQ "Engineer" OR title Eq "Manager"', ['ann', 'bob']],
  ['attribute names in any case', 'TITLE eq "Engineer" and NAME.FamilyName pr', ['ann']],
  ['values of attributes that are not case-exact in any case', 'title eq "ENGINEER"', ['ann']],
  ['names qualified by the schema URN', `${userUrn}:title eq "Engineer"`, ['ann']],
  ['sub-attributes qualified by the schema URN', `${userUrn}:name.familyName eq "Reed"`, ['bob']],
]

const malformed = [
  'title',
  'title eq',
  'eq "x"',
  'title eq "x" and',
  '(title pr',
  'title pr)',
  'title eq x y',
  'not title pr',
  'emails[type eq "work"',
  'title eq "open',
]

export const filterLogicChecks: readonly Check[] = [
  ...logic.map(([title, filter, finds]) =>
    check(`RFC 7644 §3.4.2.2 filter: ${title}`, async (client) => {
      const people = await createPeople(client)
      await people.expectFound(people.scoped(filter), ...finds)
    }),
  ),
  check('RFC 7644 §3.10 filter: an attribute of the enterprise extension by its URN', async (client) => {
    const { id } = await client.createUser({ [enterpriseUrn]: { department: client.unique } })
    const filter = `${enterpriseUrn}:department eq "${client.unique}"`
    expectBody(await client.read('/Users', { filter }), { totalResults: 1, Resources: [{ id }] })
  }),
  check('RFC 7643 §4.1.1 filter: userName in any case', async (client) => {
    const people = await createPeople(client)
    await people.expectFound(`userName eq "${client.userName('ann').toUpperCase()}"`, 'ann')
  }),
  check('RFC 7643 §3.1 filter: externalId is case-exact', async (client) => {
    const people = await createPeople(client)
    await people.expectFound(`externalId eq "${client.unique}-EXT-ANN"`)
  }),
  check('RFC 7643 §3.1 filter: id is case-exact', async (client) => {
    const people = await createPeople(client)
    const { ann } = people.ids
    const other = ann.toUpperCase() === ann ? ann.toLowerCase() : ann.toUpperCase()
    if (other === ann) skip('ids have no letters')
    await people.expectFound(`id eq "${other}"`)
  }),
  check('RFC 7644 §3.4.2.2 filter: quotes, backslashes and percent signs in a value are literal', async (client) => {
    const displayName = `${client.unique} 50%_"quoted"\\end`
    const { id } = await client.createUser({ displayName }, 'odd')
    await client.createUser({ displayName: `${client.unique} 500 "quoted"\\end` }, 'plain')
    const exact = `displayName eq ${JSON.stringify(displayName)}`
    expectBody(await client.read('/Users', { filter: exact }), { Resources: { $exact: [{ id }] } })
    const containing = `userName sw "${client.unique}" and displayName co "0%_"`
    expectBody(await client.read('/Users', { filter: containing }), { Resources: { $exact: [{ id }] } })
  }),
  check('RFC 7644 §3.4.2.2 filter: an unknown operator is 400 invalidFilter', (client) =>
    expectRefusedFilter(client, 'userName regex "x"'),
  ),
  check('RFC 7644 §3.4.2.2 filter: a malformed filter is 400 invalidFilter', async (client) => {
    for (const filter of malformed) await expectRefusedFilter(client, filter)
  }),
  check('RFC 7644 §3.4.2.2 filter: gt, ge, lt and le on a boolean are 400 invalidFilter', async (client) => {
    for (const operator of ['gt', 'ge', 'lt', 'le']) await expectRefusedFilter(client, `active ${operator} true`)
  }),
  check('RFC 7644 §3.4.2.2 filter: an unknown attribute is refused or matches nothing', async (client) => {
    const people = await createPeople(client)
    const response = await client.get('/Users', { filter: people.scoped('favouriteHarbour eq "Skagen"') })
    expectStatus(response, 200, 400)
    if (response.status === 400) expectError(response, 400, 'invalidFilter')
    else expectBody(response, { totalResults: 0 })
  }),
  check('RFC 7644 §3.4.2.2 filter: no match is 200 with an empty list, never the full one', async (client) => {
    const people = await createPeople(client)
    const response = await client.read('/Users', { filter: `userName eq "${client.unique}"` })
    expectBody(response, { totalResults: 0, Resources: { $blank: true } })
    const found = labelsOf(client, await client.read('/Users', { filter: people.scoped('title eq "Nobody"') }))
    if (found.length > 0) fail(response, 'no user', found.join(', '))
  }),
]
