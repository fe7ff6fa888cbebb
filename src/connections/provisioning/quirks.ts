// What identity providers do beside the standard and Rolecall puts up with: a name for each, what it is, and what could be
// changed at the provider, if anything. The names are kept in the log, so they stay as they are.

export type Quirk = {
  /** What was sent, and what was made of it. */
  explanation: string
  /** What to change at the provider; null where there is nothing to do. */
  change: string | null
}

const entraFlag =
  'In Entra, add ?aadOptscim062020 to the tenant URL for requests in the standard’s form. Nothing breaks without it.'

export const quirks = {
  'capitalized-operations': {
    explanation: 'PATCH operations came capitalized (“Add”, “Replace”); they are read without regard to case.',
    change: entraFlag,
  },
  'boolean-as-text': {
    explanation: 'true or false came as text (“False”); it was taken for the boolean that it means.',
    change: entraFlag,
  },
  'operation-without-path': {
    explanation: 'A PATCH operation had no path; each member of its value was taken for a path.',
    change: null,
  },
  'dotted-names': {
    explanation: 'Names in a value were paths (“name.givenName”); each was applied where it points.',
    change: null,
  },
  'urn-names': {
    explanation: 'Names in a value were full URNs of extension attributes; each was applied where it points.',
    change: null,
  },
  'id-in-body': {
    explanation: 'The resource’s own id was in the body; an equal id changes nothing.',
    change: null,
  },
  'read-only-attributes': {
    explanation:
      'Attributes that clients cannot write (such as groups or meta) were in the body; they were passed over.',
    change: 'They can be taken out of the attribute mapping; nothing is lost either way.',
  },
  'unknown-attributes': {
    explanation: 'Attributes that the schema does not have were in the body; they were passed over.',
    change: 'If one of them is wanted, map it to an attribute of the schema or of an extension.',
  },
  'unknown-extension': {
    explanation: 'An extension that the schema does not know came along; it is kept as it came.',
    change: null,
  },
  'older-extension-name': {
    explanation: 'The enterprise extension came by an older name; it was taken for the one of today.',
    change: 'Use urn:ietf:params:scim:schemas:extension:enterprise:2.0:User in the provider’s template.',
  },
  'other-case': {
    explanation: 'Names came in another case than the schema’s (“UserName”); they compare without case.',
    change: null,
  },
  'removed-by-value': {
    explanation: 'A remove listed values instead of a filter; exactly those were removed, not all.',
    change: entraFlag,
  },
  'element-created-by-filter': {
    explanation:
      'A path pointed by a filter at an element that was not there; the element was created as the filter says.',
    change: null,
  },
  'reference-as-text': {
    explanation:
      'Bare text came where an object with a value belongs (as Entra sends manager); it was taken for the value.',
    change: null,
  },
  'single-value-in-list': {
    explanation: 'A list of one came where a single value belongs; its element was taken.',
    change: null,
  },
  'list-as-single-value': {
    explanation: 'A single value came where a list belongs; it was taken for a list of one.',
    change: 'In a JSON template of the provider, put the value into brackets.',
  },
  'bare-member-ids': {
    explanation: 'Members came as bare ids instead of objects; they were taken for ids.',
    change: null,
  },
  'role-as-json-text': {
    explanation: 'A role came as a JSON document inside of text; its value was taken out.',
    change:
      'In Entra, the expression AssertiveAppRoleAssignmentsComplex sends roles as objects, and removes them, too.',
  },
  'several-primaries': {
    explanation: 'Several elements said that they are primary; the first one is.',
    change: 'Mark one address only as primary in the attribute mapping.',
  },
  'empty-text': {
    explanation: 'Empty text came for a value; it was taken for “not assigned”.',
    change: null,
  },
  'null-values': {
    explanation: 'null came for a value; it was taken for “not assigned”.',
    change: null,
  },
  'password-ignored': {
    explanation: 'A password came along; Rolecall never keeps one from a directory.',
    change: 'Password synchronization can be switched off at the provider.',
  },
  'active-missing': {
    explanation: 'The body did not say whether the user is active; they are.',
    change: 'Where the provider offers it, map active, so that deactivations arrive as such.',
  },
  'schemas-wrong': {
    explanation: 'The body named other schemas than the one of what it is; it was read as what it was sent for.',
    change: 'In a template of the provider, correct the list of schemas.',
  },
  'schemas-missing': {
    explanation: 'The body did not name its schemas; they were taken for granted.',
    change: null,
  },
  'empty-operations': {
    explanation: 'A PATCH had an empty list of operations; it changed nothing.',
    change: null,
  },
  'unknown-operation-members': {
    explanation: 'A PATCH operation had members that no standard knows; they were passed over.',
    change: null,
  },
  'unquoted-filter-value': {
    explanation: 'A filter compared with text that was not in quotes, which the standard asks for; it was refused.',
    change: 'Put the value into quotes in the provider’s filter: externalId eq "abc".',
  },
  'names-without-urn': {
    explanation: 'Attributes of an extension were named without its URN (“manager”); no other schema has the names.',
    change: null,
  },
  'same-value-twice': {
    explanation: 'A list had the same value with the same type twice; it is kept once.',
    change: 'Map each address to one type only in the attribute mapping.',
  },
  'ornament-dropped': {
    explanation: 'A photo or a certificate could not be read; it was passed over, and the rest was kept.',
    change: 'Take photos and certificates out of the attribute mapping, or map them to what the schema describes.',
  },
  'plus-for-space': {
    explanation: 'Spaces in the query came as plus signs; they were read as spaces.',
    change: null,
  },
  'trailing-slash': {
    explanation: 'The address ended in a slash; it was read without.',
    change: 'Take the slash away from the end of the base URL at the provider.',
  },
  'double-slash': {
    explanation: 'The address had two slashes in a row; they were read as one.',
    change: 'Take the slash away from the end of the base URL at the provider.',
  },
  'dangling-query': {
    explanation: 'The address ended in “?” or “&”; that was passed over.',
    change: null,
  },
  'other-media-type': {
    explanation: 'The body was not declared as application/scim+json; it was read as if it were.',
    change: null,
  },
} as const satisfies Record<string, Quirk>

export type QuirkName = keyof typeof quirks

export const isQuirkName = (name: string): name is QuirkName => Object.hasOwn(quirks, name)
