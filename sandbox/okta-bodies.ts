// The request bodies that Okta writes, and the check that the server has kept a profile.
import { createHash } from 'node:crypto'
import { enterpriseSchema, expectAnswer, groupSchema, userSchema } from './identity-provider.ts'
import { at, type JsonObject } from './json.ts'
import type { Group, Person } from './population.ts'

/** Everything Okta knows of a person. An emptied attribute is left out, which a PUT has to take as cleared. */
export function oktaProfile(person: Person): JsonObject {
  const manager = person.managerUserName === undefined ? {} : { manager: { value: person.managerUserName } }
  return {
    schemas: [userSchema, enterpriseSchema],
    userName: person.userName,
    name: { givenName: person.givenName, familyName: person.familyName },
    emails: [{ primary: true, value: person.userName, type: 'work' }],
    displayName: person.displayName,
    locale: person.locale,
    externalId: oktaIdOf(person),
    groups: [],
    ...(person.title === undefined ? {} : { title: person.title }),
    phoneNumbers: [{ type: 'work', value: person.phone }],
    [enterpriseSchema]: { employeeNumber: person.employeeNumber, department: person.department, ...manager },
  }
}

/** The create body of a group push. Members follow in PATCHes. */
export function oktaGroup(group: Group): JsonObject {
  return { schemas: [groupSchema], displayName: group.displayName, members: [] }
}

/** Okta's own id of a person, 00u and 17 letters or digits, the same on every run. */
export function oktaIdOf(person: Person): string {
  const hash = createHash('sha256').update(`${person.employeeNumber} ${person.key}`).digest('base64url')
  return `00u${hash.replace(/[-_]/g, 'x').slice(0, 17)}`
}

/** @throws {UnexpectedAnswer} unless the user in the answer is the person that was sent. */
export function checkProfile(user: unknown, person: Person, active: boolean): void {
  const userName = at(user, 'userName')
  const isSameLogin = typeof userName === 'string' && userName.toLowerCase() === person.userName.toLowerCase()
  expectAnswer(isSameLogin, `${person.userName} was answered with userName ${String(userName)}`)
  expectAnswer(at(user, 'password') === undefined, `The answer for ${person.userName} discloses a password`)
  const checks = [
    { attribute: 'active', actual: at(user, 'active'), sent: active },
    { attribute: 'displayName', actual: at(user, 'displayName'), sent: person.displayName },
    { attribute: 'name.familyName', actual: at(user, 'name', 'familyName'), sent: person.familyName },
    { attribute: 'title', actual: at(user, 'title'), sent: person.title },
    { attribute: 'department', actual: at(user, enterpriseSchema, 'department'), sent: person.department },
  ]
  for (const { attribute, actual, sent } of checks) {
    expectAnswer(
      (actual ?? undefined) === sent,
      `${person.userName}: ${attribute} is ${String(actual)} but ${String(sent)} was sent`,
    )
  }
}
