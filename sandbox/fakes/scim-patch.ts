// PATCH for the fake SCIM server: just the shapes that Okta and Entra send, read tolerantly.
import { isObject, objectsIn } from '../json.ts'

export type MutableResource = Record<string, unknown>

/** Applies one operation in place. */
export function applyOperation(resource: MutableResource, operation: Readonly<Record<string, unknown>>): void {
  const path = operation['path']
  const value = operation['value']
  if (typeof path !== 'string') {
    for (const [key, entry] of Object.entries(isObject(value) ? value : {})) setPath(resource, key, entry)
  } else if (/^members/.test(path)) {
    changeMembers(resource, String(operation['op']).toLowerCase(), { path, value })
  } else {
    setPath(resource, path, value === 'True' || value === 'False' ? value === 'True' : value)
  }
}

function changeMembers(resource: MutableResource, op: string, { path, value }: { path: string; value: unknown }): void {
  const members = objectsIn(resource['members'])
  const named = objectsIn(value)
  if (op === 'add') {
    resource['members'] = [...members, ...named.map((member) => ({ value: member['value'] }))]
    return
  }
  const filtered = /value eq "([^"]+)"/.exec(path)?.[1]
  const gone = filtered === undefined ? named.map((member) => member['value']) : [filtered]
  resource['members'] = members.filter((member) => !gone.includes(member['value']))
}

function setPath(resource: MutableResource, path: string, value: unknown): void {
  const filtered = /^(\w+)\[type eq "(\w+)"\]\.value$/.exec(path)
  if (filtered !== null) {
    const [, attribute = '', type] = filtered
    const others = objectsIn(resource[attribute]).filter((entry) => entry['type'] !== type)
    resource[attribute] = [...others, { type, value }]
    return
  }
  const urn = /^(urn:.+:User):(\w+)$/.exec(path)
  const [parent, child] = urn === null ? path.split('.') : [urn[1], urn[2]]
  if (parent === undefined || child === undefined) {
    resource[path] = value
    return
  }
  const current = isObject(resource[parent]) ? resource[parent] : {}
  resource[parent] = { ...current, [child]: child === 'manager' ? { value } : value }
}
