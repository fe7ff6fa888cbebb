// Filter operators by attribute type: RFC 7644 §3.4.2.2, table 3.
import { type Check, check } from '../check.ts'
import { createPeople, type Label, type People } from './people.ts'

interface Example {
  readonly title: string
  readonly filter: (unique: string, people: People) => string
  readonly finds: readonly Label[]
  /** False when the filter by itself names only our users. */
  readonly isScoped?: boolean
}

const hourMillis = 3_600_000

function metaOf(people: People, label: Label): { created: string; lastModified: string } {
  // The cast is safe enough for a check: a missing date ends in a filter the server refuses, which fails the check.
  return people.created[label].body['meta'] as { created: string; lastModified: string }
}

function shifted(date: string, hours: number): string {
  return new Date(Date.parse(date) + hours * hourMillis).toISOString()
}

const examples: readonly Example[] = [
  { title: 'eq on a string', filter: (u) => `displayName eq "${u} Ann"`, finds: ['ann'], isScoped: false },
  {
    title: 'eq finds nothing for an unknown value',
    filter: (u) => `displayName eq "${u}"`,
    finds: [],
    isScoped: false,
  },
  { title: 'eq on userName', filter: (u) => `userName eq "${u}-bob@example.com"`, finds: ['bob'], isScoped: false },
  { title: 'eq on externalId', filter: (u) => `externalId eq "${u}-Ext-Ann"`, finds: ['ann'], isScoped: false },
  { title: 'eq on id', filter: (_, { ids }) => `id eq "${ids.cyd}"`, finds: ['cyd'], isScoped: false },
  { title: 'eq on a sub-attribute', filter: () => 'name.familyName eq "Marsh"', finds: ['ann', 'cyd'] },
  {
    title: 'eq on a value of a multi-valued attribute',
    filter: (u) => `emails.value eq "${u}.ann.home@example.com"`,
    finds: ['ann'],
    isScoped: false,
  },
  {
    title: 'eq on a multi-valued attribute without sub-attribute compares its value',
    filter: (u) => `emails eq "${u}.bob.work@example.com"`,
    finds: ['bob'],
    isScoped: false,
  },
  { title: 'ne on a string', filter: () => 'title ne "Engineer" and title pr', finds: ['bob'] },
  { title: 'co on a string', filter: () => 'title co "nage"', finds: ['bob'] },
  { title: 'sw on a string', filter: () => 'title sw "Eng"', finds: ['ann'] },
  { title: 'ew on a string', filter: () => 'title ew "ager"', finds: ['bob'] },
  { title: 'pr on a string', filter: () => 'title pr', finds: ['ann', 'bob'] },
  { title: 'pr on a complex attribute', filter: () => 'name pr', finds: ['ann', 'bob', 'cyd'] },
  { title: 'pr on a multi-valued attribute', filter: () => 'emails pr', finds: ['ann', 'bob', 'cyd'] },
  { title: 'pr without any value', filter: () => 'phoneNumbers pr', finds: [] },
  { title: 'gt on a string', filter: (u) => `displayName gt "${u} Bob"`, finds: ['cyd'] },
  { title: 'ge on a string', filter: (u) => `displayName ge "${u} Bob"`, finds: ['bob', 'cyd'] },
  { title: 'lt on a string', filter: (u) => `displayName lt "${u} Bob"`, finds: ['ann'] },
  { title: 'le on a string', filter: (u) => `displayName le "${u} Bob"`, finds: ['ann', 'bob'] },
  { title: 'eq true on a boolean', filter: () => 'active eq true', finds: ['ann', 'cyd'] },
  { title: 'eq false on a boolean', filter: () => 'active eq false', finds: ['bob'] },
  { title: 'ne on a boolean', filter: () => 'active ne true', finds: ['bob'] },
  {
    title: 'gt on a dateTime',
    filter: (_, people) => `meta.lastModified gt "${shifted(metaOf(people, 'ann').lastModified, -1)}"`,
    finds: ['ann', 'bob', 'cyd'],
  },
  {
    title: 'gt on a dateTime in the future',
    filter: (_, people) => `meta.lastModified gt "${shifted(metaOf(people, 'cyd').lastModified, 1)}"`,
    finds: [],
  },
  {
    title: 'ge and le on a dateTime include the value itself',
    filter: (_, people) => {
      const { lastModified } = metaOf(people, 'bob')
      const isBob = `id eq "${people.ids.bob}"`
      return `${isBob} and meta.lastModified ge "${lastModified}" and meta.lastModified le "${lastModified}"`
    },
    finds: ['bob'],
  },
  {
    title: 'lt on a dateTime',
    filter: (_, people) => `meta.created lt "${shifted(metaOf(people, 'cyd').created, 1)}"`,
    finds: ['ann', 'bob', 'cyd'],
  },
  {
    title: 'le on a dateTime in the past',
    filter: (_, people) => `meta.created le "${shifted(metaOf(people, 'ann').created, -1)}"`,
    finds: [],
  },
  {
    title: 'a dateTime with a zone offset is the same instant',
    filter: (_, people) => {
      const { created } = metaOf(people, 'ann')
      const inTokyo = (hours: number) => shifted(created, hours + 9).replace('Z', '+09:00')
      return `meta.created gt "${inTokyo(-1)}" and meta.created lt "${inTokyo(1)}"`
    },
    finds: ['ann', 'bob', 'cyd'],
  },
]

/** One check per example, each on its own three users. */
export const filterOperatorChecks: readonly Check[] = examples.map(({ title, filter, finds, isScoped = true }) =>
  check(`RFC 7644 §3.4.2.2 filter: ${title}`, async (client) => {
    const people = await createPeople(client)
    const text = filter(client.unique, people)
    await people.expectFound(isScoped ? people.scoped(text) : text, ...finds)
  }),
)
