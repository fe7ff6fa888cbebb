// Attribute statements as the usual products send them by default or by custom.
import { displayName, type Person } from '../sign-in/person.ts'
import type { SamlAttribute } from './response.ts'

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const microsoft = 'http://schemas.microsoft.com'

const unlessEmpty = (name: string, values: readonly string[] | undefined): SamlAttribute[] =>
  values === undefined || values.length === 0 ? [] : [{ name, values }]

/** Names as people usually type them into Okta, OneLogin or JumpCloud. */
export const plainAttributes = (person: Person): SamlAttribute[] => [
  { name: 'email', values: [person.email] },
  { name: 'firstName', values: [person.givenName] },
  { name: 'lastName', values: [person.familyName] },
  ...unlessEmpty('groups', person.groups),
  ...unlessEmpty('roles', person.roles),
]

/** The default claims of Entra ID, with its claims for groups and app roles. */
export const entraAttributes = (person: Person): SamlAttribute[] => [
  { name: `${microsoft}/identity/claims/objectidentifier`, values: [person.id] },
  { name: `${microsoft}/identity/claims/displayname`, values: [displayName(person)] },
  { name: `${claims}/givenname`, values: [person.givenName] },
  { name: `${claims}/surname`, values: [person.familyName] },
  { name: `${claims}/emailaddress`, values: [person.email] },
  { name: `${claims}/name`, values: [person.email] },
  ...unlessEmpty(`${microsoft}/ws/2008/06/identity/claims/groups`, person.groups),
  ...unlessEmpty(`${microsoft}/ws/2008/06/identity/claims/role`, person.roles),
]
