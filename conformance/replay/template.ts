// `{{name}}` replacement and `$.path` captures of the fixture format idp-replay/1.
import { randomUUID } from 'node:crypto'

export type Variables = Readonly<Record<string, string>>

/** Variables of one run: those the runner supplies, overlaid by the fixture's own, each evaluated once. */
export function startVariables(token: string, own: Variables = {}): Record<string, string> {
  const variables: Record<string, string> = {
    token,
    basicCredentials: Buffer.from(`rolecall:${token}`).toString('base64'),
  }
  for (const [name, value] of Object.entries(own)) variables[name] = render(value, variables)
  return variables
}

/** Copy of a JSON value with `{{name}}` replaced in every string, keys included. */
export function render<T>(value: T, variables: Variables): T {
  // The copy has the shape of the original: only the text inside strings changes.
  return renderValue(value, variables) as T
}

function renderValue(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return renderText(value, variables)
  if (Array.isArray(value)) return value.map((item) => renderValue(item, variables))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [renderText(key, variables), renderValue(item, variables)]),
  )
}

function renderText(text: string, variables: Variables): string {
  return text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => {
    if (name === '$uuid') return randomUUID()
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) throw new Error(`the fixture uses {{${name}}}, which no step has captured`)
    return value
  })
}

/** Reads a path such as `$.Resources[0].id`; undefined when something on the way is missing. */
export function readPath(body: unknown, path: string): unknown {
  if (!/^\$(\.[^.[\]]+|\[\d+\])*$/.test(path)) throw new Error(`unsupported capture path ${path}`)
  let current = body
  for (const [, key, index] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Object.entries(current).find(([name]) => name === (key ?? index))?.[1]
  }
  return current
}
