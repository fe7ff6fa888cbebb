// PATCH add, replace and remove by path shape: RFC 7644 §3.5.2.1 to §3.5.2.3.
import { type Check, check } from '../check.ts'
import type { PatchOperation } from '../client.ts'
import { expectBody, expectEqual } from '../expect.ts'
import { enterpriseUrn, userUrn } from '../urns.ts'

interface Example {
  readonly title: string
  readonly before?: Readonly<Record<string, unknown>>
  readonly operations: readonly PatchOperation[]
  readonly after: Readonly<Record<string, unknown>>
}

const nothing = { $blank: true }
const work = { value: 'work@example.com', type: 'work' }
const home = { value: 'home@example.com', type: 'home' }
const other = { value: 'other@example.com', type: 'other' }
const name = { givenName: 'Ann', familyName: 'Marsh' }
const department = `${enterpriseUrn}:department`

const adds: readonly Example[] = [
  {
    title: 'add to a single-valued attribute sets it',
    operations: [{ op: 'add', path: 'title', value: 'Pilot' }],
    after: { title: 'Pilot' },
  },
  {
    title: 'add to a single-valued attribute with a value replaces it',
    before: { title: 'Mate' },
    operations: [{ op: 'add', path: 'title', value: 'Pilot' }],
    after: { title: 'Pilot' },
  },
  {
    title: 'add without path merges the object',
    before: { title: 'Mate', emails: [work], name },
    operations: [{ op: 'add', value: { nickName: 'Annie', name: { givenName: 'Anna' }, emails: [home] } }],
    after: { title: 'Mate', nickName: 'Annie', name: { ...name, givenName: 'Anna' }, emails: [work, home] },
  },
  {
    title: 'add to a sub-attribute keeps the others',
    before: { name },
    operations: [{ op: 'add', path: 'name.givenName', value: 'Anna' }],
    after: { name: { givenName: 'Anna', familyName: 'Marsh' } },
  },
  {
    title: 'add to a complex attribute merges',
    before: { name },
    operations: [{ op: 'add', path: 'name', value: { middleName: 'Q' } }],
    after: { name: { ...name, middleName: 'Q' } },
  },
  {
    title: 'add to a multi-valued attribute appends an array',
    before: { emails: [work] },
    operations: [{ op: 'add', path: 'emails', value: [home, other] }],
    after: { emails: { $exact: [work, home, other] } },
  },
  {
    title: 'add to a multi-valued attribute appends a single object',
    before: { emails: [work] },
    operations: [{ op: 'add', path: 'emails', value: home }],
    after: { emails: { $exact: [work, home] } },
  },
  {
    title: 'add of a value that is there changes nothing',
    before: { emails: [work] },
    operations: [{ op: 'add', path: 'emails', value: [work] }],
    after: { emails: { $exact: [work] } },
  },
  {
    title: 'add to an attribute of the extension',
    operations: [{ op: 'add', path: department, value: 'Tide Office' }],
    after: { schemas: [userUrn, enterpriseUrn], [enterpriseUrn]: { department: 'Tide Office' } },
  },
  {
    title: 'add without path takes the extension under its URN',
    operations: [{ op: 'add', value: { [enterpriseUrn]: { department: 'Tide Office' } } }],
    after: { [enterpriseUrn]: { department: 'Tide Office' } },
  },
  {
    title: 'add with the URN of the core schema in the path',
    operations: [{ op: 'add', path: `${userUrn}:title`, value: 'Pilot' }],
    after: { title: 'Pilot' },
  },
]

const replaces: readonly Example[] = [
  {
    title: 'replace sets a boolean',
    operations: [{ op: 'replace', path: 'active', value: false }],
    after: { active: false },
  },
  {
    title: 'replace of an attribute without value adds it',
    operations: [{ op: 'replace', path: 'nickName', value: 'Annie' }],
    after: { nickName: 'Annie' },
  },
  {
    title: 'replace without path merges the object',
    before: { title: 'Mate', emails: [work], name },
    operations: [{ op: 'replace', value: { title: 'Pilot', emails: [home] } }],
    after: { title: 'Pilot', emails: { $exact: [home] }, name },
  },
  {
    title: 'replace of a complex attribute keeps sub-attributes that are not named',
    before: { name },
    operations: [{ op: 'replace', path: 'name', value: { familyName: 'Reed' } }],
    after: { name: { givenName: 'Ann', familyName: 'Reed' } },
  },
  {
    title: 'replace of a multi-valued attribute replaces all values',
    before: { emails: [work, home] },
    operations: [{ op: 'replace', path: 'emails', value: [other] }],
    after: { emails: { $exact: [other] } },
  },
  {
    title: 'replace through a filter changes only the matching value',
    before: { emails: [work, home] },
    operations: [{ op: 'replace', path: 'emails[type eq "work"]', value: { ...work, value: 'new@example.com' } }],
    after: { emails: { $exact: [{ ...work, value: 'new@example.com' }, home] } },
  },
  {
    title: 'replace of a sub-attribute through a filter',
    before: { emails: [work, home] },
    operations: [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'new@example.com' }],
    after: { emails: { $exact: [{ ...work, value: 'new@example.com' }, home] } },
  },
  {
    title: 'replace of a sub-attribute through a filter reaches every match',
    before: { emails: [work, { ...other, type: 'work' }, home] },
    operations: [{ op: 'replace', path: 'emails[type eq "work"].display', value: 'Office' }],
    after: {
      emails: {
        $exact: [
          { ...work, display: 'Office' },
          { ...other, type: 'work', display: 'Office' },
          { ...home, display: nothing },
        ],
      },
    },
  },
  {
    title: 'replace through a filter with and',
    before: { emails: [work, { ...other, type: 'work' }] },
    operations: [
      { op: 'replace', path: 'emails[type eq "work" and value sw "other"].value', value: 'new@example.com' },
    ],
    after: { emails: { $exact: [work, { value: 'new@example.com', type: 'work' }] } },
  },
]

const removes: readonly Example[] = [
  {
    title: 'remove of a single-valued attribute',
    before: { title: 'Mate', nickName: 'Annie' },
    operations: [{ op: 'remove', path: 'title' }],
    after: { title: nothing, nickName: 'Annie' },
  },
  {
    title: 'remove of a sub-attribute',
    before: { name },
    operations: [{ op: 'remove', path: 'name.givenName' }],
    after: { name: { givenName: nothing, familyName: 'Marsh' } },
  },
  {
    title: 'remove of a whole multi-valued attribute',
    before: { emails: [work, home] },
    operations: [{ op: 'remove', path: 'emails' }],
    after: { emails: nothing },
  },
  {
    title: 'remove through a filter takes only the matching value',
    before: { emails: [work, home] },
    operations: [{ op: 'remove', path: 'emails[type eq "work"]' }],
    after: { emails: { $exact: [home] } },
  },
  {
    title: 'remove of a sub-attribute through a filter',
    before: { emails: [{ ...work, display: 'Office' }] },
    operations: [{ op: 'remove', path: 'emails[type eq "work"].display' }],
    after: { emails: { $exact: [{ ...work, display: nothing }] } },
  },
  {
    title: 'remove of an attribute without value is no error',
    operations: [{ op: 'remove', path: 'nickName' }],
    after: { nickName: nothing },
  },
  {
    title: 'remove of an attribute of the extension',
    before: { [enterpriseUrn]: { department: 'Tide Office', employeeNumber: '7' } },
    operations: [{ op: 'remove', path: department }],
    after: { [enterpriseUrn]: { department: nothing, employeeNumber: '7' } },
  },
]

const sequences: readonly Example[] = [
  {
    title: 'operations are applied in order',
    operations: [
      { op: 'add', path: 'title', value: 'Mate' },
      { op: 'replace', path: 'title', value: 'Pilot' },
      { op: 'add', path: 'emails', value: [work] },
      { op: 'remove', path: 'emails[type eq "work"]' },
      { op: 'add', path: 'emails', value: [home] },
    ],
    after: { title: 'Pilot', emails: { $exact: [home] } },
  },
  {
    title: 'op and attribute names are taken in any case',
    operations: [
      { op: 'Add', path: 'TITLE', value: 'Pilot' },
      { op: 'REPLACE', path: 'Name.FamilyName', value: 'Reed' },
    ],
    after: { title: 'Pilot', name: { familyName: 'Reed' } },
  },
  {
    title: 'a new primary resets the old one (RFC 7643 §2.4)',
    before: { emails: [{ ...work, primary: true }, home] },
    operations: [{ op: 'add', path: 'emails', value: [{ ...other, primary: true }] }],
    after: { emails: { $all: [[{ ...other, primary: true }], { $notContains: { ...work, primary: true } }] } },
  },
  {
    title: 'primary set through a filter resets the old one (RFC 7643 §2.4)',
    before: { emails: [{ ...work, primary: true }, home] },
    operations: [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
    after: { emails: { $all: [[{ ...home, primary: true }], { $notContains: { ...work, primary: true } }] } },
  },
]

function toChecks(clause: string, examples: readonly Example[]): Check[] {
  return examples.map(({ title, before = {}, operations, after }) =>
    check(`RFC 7644 ${clause} PATCH ${title}`, async (client) => {
      const { path } = await client.createUser(before)
      const response = await client.patch(path, ...operations)
      if (response.status === 200) expectBody(response, after)
      else expectEqual(response, 'body', response.text, '')
      expectBody(await client.read(path), { userName: client.userName(), ...after })
    }),
  )
}

export const patchValueChecks: readonly Check[] = [
  ...toChecks('§3.5.2.1', adds),
  ...toChecks('§3.5.2.3', replaces),
  ...toChecks('§3.5.2.2', removes),
  ...toChecks('§3.5.2', sequences),
]
