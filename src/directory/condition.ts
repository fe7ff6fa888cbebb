// What can be asked of users and groups, free of any syntax: the SCIM filter and the management API both come to this.

/** A named place in a resource, resolved against its schema. */
export type Field = {
  /** Canonical names from the top: `['name', 'givenName']`, `['emails', 'value']`, `['urn:…:User', 'department']`. */
  path: readonly string[]
  type: 'string' | 'boolean' | 'dateTime' | 'number' | 'complex'
  isCaseExact: boolean
  /** Of an extension's attribute with several values: how many parts of the path name the list. */
  listDepth?: number
}

export type ComparisonOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

export type Condition =
  | { kind: 'and' | 'or'; parts: readonly Condition[] }
  | { kind: 'not'; part: Condition }
  /** `null` may only be compared by `eq` (absent) and `ne` (present). */
  | { kind: 'compare'; field: Field; operator: ComparisonOperator; value: string | number | boolean | null }
  | { kind: 'present'; field: Field }
  /** Some element of a multi-valued attribute satisfies the part, whose fields are relative to the element. */
  | { kind: 'any'; list: Field; part: Condition }

export type Sort = { field: Field; isDescending: boolean }
