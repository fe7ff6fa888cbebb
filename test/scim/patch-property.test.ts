// PATCH against a model: random sequences of operations on a user and on a group; after each request the server's state is
// the model's, and a request that is refused has changed nothing (RFC 7644 §3.5.2: atomic).
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { runs } from '../support/property.ts'
import { core, enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
const people: string[] = []
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) people.push(await scim.user(`member-${name}@example.com`))
})
afterAll(() => app.close())

type Json = Record<string, unknown>
/** What is sent, and what it does to the model; `undefined` for what the server has to refuse. */
type Step<Model> = { sent: Json; apply: ((model: Model) => Model) | undefined }

type Email = { value?: string; type?: string; primary?: boolean; display?: string }
type Person = { title?: string; active: boolean; name: Json; department?: string; emails: Email[] }

const text = fc.constantFrom('One', 'two', 'Drei', '四')
const address = fc.constantFrom('a@example.com', 'b@example.com', 'c@example.com')
const kind = fc.constantFrom('work', 'home')
const write = fc.constantFrom('add', 'replace', 'Add', 'Replace')
const remove = fc.constantFrom('remove', 'Remove')

/** One primary at most: the newest claim takes it from the others. */
const exclusive = (emails: Email[], touched: (email: Email) => boolean): Email[] => {
  const claim =
    emails.find((email) => touched(email) && email.primary === true) ?? emails.find(({ primary }) => primary)
  return emails.map((email) => (email.primary === true && email !== claim ? { ...email, primary: false } : email))
}

const meaningful = ({ value, display }: Email): boolean => value !== undefined || display !== undefined

const userSteps: fc.Arbitrary<Step<Person>> = fc.oneof(
  fc.record({ op: write, value: text, path: fc.constantFrom('title', 'Title', `${core}:User:title`) }).map((sent) => ({
    sent,
    apply: (model: Person) => ({ ...model, title: sent.value }),
  })),
  fc
    .record({ op: fc.constant('replace'), path: fc.constant('title'), value: fc.constantFrom(null, '') })
    .map((sent) => ({
      sent,
      apply: ({ title: _, ...model }: Person) => model,
    })),
  fc
    .record({ op: remove, path: fc.constant('title') })
    .map((sent) => ({ sent, apply: ({ title: _, ...model }: Person) => model })),
  fc
    .record({ op: write, path: fc.constant('active'), value: fc.constantFrom(true, false, 'True', 'False') })
    .map((sent) => ({
      sent,
      apply: (model: Person) => ({ ...model, active: String(sent.value).toLowerCase() === 'true' }),
    })),
  fc.record({ op: write, sub: fc.constantFrom('givenName', 'familyName'), value: text }).map(({ op, sub, value }) => ({
    sent: { op, path: `name.${sub}`, value },
    apply: (model: Person) => ({ ...model, name: { ...model.name, [sub]: value } }),
  })),
  fc.record({ op: write, value: text }).map(({ op, value }) => ({
    sent: { op, path: 'name', value: { givenName: value } },
    apply: (model: Person) => ({ ...model, name: { ...model.name, givenName: value } }),
  })),
  fc.constant({ sent: { op: 'remove', path: 'name' }, apply: (model: Person) => ({ ...model, name: {} }) }),
  fc.record({ op: write, value: text, given: text }).map(({ op, value, given }) => ({
    sent: { op, value: { title: value, 'name.givenName': given, [`${enterprise}:department`]: value } },
    apply: (model: Person) => ({
      ...model,
      title: value,
      department: value,
      name: { ...model.name, givenName: given },
    }),
  })),
  fc.constant({
    sent: { op: 'remove', path: `${enterprise}:department` },
    apply: ({ department: _, ...model }: Person) => model,
  }),
  // Multi-valued: by type, as a whole, one more, all gone.
  fc.record({ op: write, type: kind, value: address }).map(({ op, type, value }) => ({
    sent: { op, path: `emails[type eq "${type}"].value`, value },
    apply: (model: Person) => {
      const has = model.emails.some((email) => email.type === type)
      const emails = model.emails.map((email) => (email.type === type ? { ...email, value } : email))
      return { ...model, emails: has ? emails : [...emails, { type, value }] }
    },
  })),
  fc.record({ type: kind }).map(({ type }) => ({
    sent: { op: 'replace', path: `emails[type eq "${type}"].primary`, value: 'True' },
    apply: (model: Person) => {
      const chosen = model.emails.find((email) => email.type === type)
      const emails = model.emails.map((email) => (email === chosen ? { ...email, primary: true } : email))
      return { ...model, emails: exclusive(emails, (email) => email.type === type) }
    },
  })),
  fc.record({ op: remove, type: kind }).map(({ op, type }) => ({
    sent: { op, path: `emails[type eq "${type}"]` },
    apply: (model: Person) => ({ ...model, emails: model.emails.filter((email) => email.type !== type) }),
  })),
  fc.record({ op: remove, type: kind }).map(({ op, type }) => ({
    sent: { op, path: `emails[type eq "${type}"].value` },
    apply: (model: Person) => ({
      ...model,
      emails: model.emails
        .map(({ value, ...email }) => (email.type === type ? email : { value, ...email }) as Email)
        .filter(meaningful),
    }),
  })),
  fc.record({ type: kind, value: address }).map(({ type, value }) => ({
    sent: { op: 'replace', path: 'emails', value: [{ type, value, primary: true }] },
    apply: (model: Person) => ({ ...model, emails: [{ type, value, primary: true }] }),
  })),
  fc.record({ path: fc.boolean(), value: address }).map(({ path, value }) => ({
    sent: path
      ? { op: 'add', path: 'emails', value: [{ type: 'other', value }] }
      : { op: 'add', value: { emails: { type: 'other', value } } },
    apply: (model: Person) => {
      const has = model.emails.some((email) => email.type === 'other' && email.value === value)
      return has ? model : { ...model, emails: [...model.emails, { type: 'other', value }] }
    },
  })),
  fc.constant({ sent: { op: 'remove', path: 'emails' }, apply: (model: Person) => ({ ...model, emails: [] }) }),
  // What has to be refused, whatever stands before it.
  fc
    .constantFrom<Json>(
      { op: 'replace', path: 'nonsense', value: 1 },
      { op: 'replace', path: 'active', value: 'maybe' },
      { op: 'remove' },
      { op: 'replace', path: 'id', value: 'usr_other' },
      { op: 'remove', path: 'userName' },
      { op: 'add', path: 'emails[type eq', value: 'x' },
    )
    .map((sent) => ({ sent, apply: undefined })),
)

const personOf = (body: Json): Person => {
  const { title, active, name = {}, emails = [] } = body as Person
  const department = (body[enterprise] as { department?: string } | undefined)?.department
  return {
    ...(title === undefined ? {} : { title }),
    active,
    name,
    emails,
    ...(department === undefined ? {} : { department }),
  }
}

/** The model after a request; the model itself where any of its operations has to be refused. */
function outcomeOf<Model>(model: Model, steps: Step<Model>[]): { model: Model; isRefused: boolean } {
  let next = model
  for (const { apply } of steps) {
    if (apply === undefined) return { model, isRefused: true }
    next = apply(next)
  }
  return { model: next, isRefused: false }
}

/** Mostly good operations, so that most requests go through. */
const requests = <Model>(steps: fc.Arbitrary<Step<Model>>) =>
  fc.array(fc.array(steps, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 })

describe('RFC 7644 §3.5.2: random sequences of PATCH', () => {
  test('a user is what the model says after each of them', { timeout: 60_000 }, async () => {
    let outcomes = { accepted: 0, refused: 0 }
    let serial = 0
    const property = fc.asyncProperty(requests(userSteps), async (sequence) => {
      serial += 1
      const id = await scim.user(`property-${serial}@example.com`)
      let expected: Person = { active: true, name: {}, emails: [] }
      for (const steps of sequence) {
        const { model, isRefused } = outcomeOf(expected, steps)
        const { status } = await scim.patch(`/Users/${id}`, ...steps.map(({ sent }) => sent))
        expect(status, JSON.stringify(steps)).toBe(isRefused ? 400 : 200)
        expect(personOf((await scim.get(`/Users/${id}`)).body), JSON.stringify(sequence)).toEqual(model)
        expected = model
        outcomes = {
          ...outcomes,
          [isRefused ? 'refused' : 'accepted']: outcomes[isRefused ? 'refused' : 'accepted'] + 1,
        }
      }
      // The next one may have the same addresses.
      await scim.delete(`/Users/${id}`)
    })
    await fc.assert(property, runs(100))
    expect(Math.min(outcomes.accepted, outcomes.refused)).toBeGreaterThan(0)
  })

  const who = fc.integer({ min: 0, max: 5 })
  const several = fc.array(who, { maxLength: 4 })
  const idsOf = (indexes: number[]): string[] => indexes.map((index) => people[index] ?? '')
  const shaped = (ids: string[], shape: number): unknown =>
    [ids.map((value) => ({ value })), ids, ids.map((value) => ({ value, $ref: null, display: 'x' }))][shape]
  type Members = Set<string>

  const groupSteps: fc.Arbitrary<Step<Members>> = fc.oneof(
    fc
      .record({ op: fc.constantFrom('add', 'Add'), who: several, shape: fc.nat(2), isPathless: fc.boolean() })
      .map((step) => {
        const value = shaped(idsOf(step.who), step.shape)
        return {
          sent: step.isPathless ? { op: step.op, value: { members: value } } : { op: step.op, path: 'members', value },
          apply: (model: Members) => model.union(new Set(idsOf(step.who))),
        }
      }),
    fc.record({ op: remove, who: several, shape: fc.nat(2) }).map(({ op, who: indexes, shape }) => ({
      sent: { op, path: 'members', value: shaped(idsOf(indexes), shape) },
      apply: (model: Members) => model.difference(new Set(idsOf(indexes))),
    })),
    fc.record({ op: remove, who }).map(({ op, who: index }) => ({
      sent: { op, path: `members[value eq "${idsOf([index])[0]}"]` },
      apply: (model: Members) => model.difference(new Set(idsOf([index]))),
    })),
    fc.record({ who }).map(({ who: index }) => ({
      sent: { op: 'remove', path: `members[not (value ne "${idsOf([index])[0]}") and type eq "User"]` },
      apply: (model: Members) => model.difference(new Set(idsOf([index]))),
    })),
    fc.record({ op: fc.constantFrom('replace', 'Replace'), who: several, isPathless: fc.boolean() }).map((step) => {
      const value = shaped(idsOf(step.who), 0)
      return {
        sent: step.isPathless ? { op: step.op, value: { members: value } } : { op: step.op, path: 'members', value },
        apply: () => new Set(idsOf(step.who)),
      }
    }),
    fc
      .constantFrom<Json>({ op: 'remove', path: 'members' }, { op: 'replace', path: 'members', value: null })
      .map((sent) => ({
        sent,
        apply: () => new Set<string>(),
      })),
    fc.constant({ sent: { op: 'replace', path: 'displayName', value: 'Renamed' }, apply: (model: Members) => model }),
    fc
      .constantFrom<Json>(
        { op: 'add', path: 'members', value: [{ value: 'usr_00000000000000000000000000' }] },
        { op: 'replace', path: 'id', value: 'grp_other' },
        { op: 'add', path: 'members[display eq "x"]', value: {} },
        { op: 'replace', path: 'nonsense', value: 1 },
      )
      .map((sent) => ({ sent, apply: undefined })),
  )

  test('the members of a group are those of the model after each of them', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(requests(groupSteps), async (sequence) => {
      const id = await scim.group('Property')
      let expected: Members = new Set()
      for (const steps of sequence) {
        const { model, isRefused } = outcomeOf(expected, steps)
        const { status } = await scim.patch(`/Groups/${id}`, ...steps.map(({ sent }) => sent))
        expect(status, JSON.stringify(steps)).toBe(isRefused ? 400 : 204)
        const members: { value: string }[] = (await scim.get(`/Groups/${id}`)).body.members ?? []
        expect(members.map(({ value }) => value).toSorted(), JSON.stringify(sequence)).toEqual([...model].toSorted())
        expected = model
      }
    })
    await fc.assert(property, runs(100))
  })
})
