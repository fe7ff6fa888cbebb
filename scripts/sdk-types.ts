// The types of the management API for the kit in sdk/, made from its OpenAPI document: a type for each schema, and for each path and
// method what goes in and what comes out. Of JSON Schema it reads what that document uses.

type Schema = {
  $ref?: string
  type?: string | string[]
  description?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}

type Content = { content?: Record<string, { schema?: Schema }>; required?: boolean }

type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema }

type Operation = {
  summary?: string
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content>
}

export type OpenApi = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** The text of sdk/src/openapi.ts. */
export function sdkTypes({ paths, components }: OpenApi): string {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => field(name, typeOf(schema), schema))
  const routes = Object.entries(paths).map(([path, operations]) =>
    field(path, block(Object.entries(operations).map(operation))),
  )
  return [
    '// Written by `npm run schemas` from schemas/openapi.json.',
    `export type Schemas = ${block(schemas)}`,
    `export type Paths = ${block(routes)}`,
    '',
  ].join('\n\n')
}

function operation([method, { summary, parameters = [], requestBody, responses }]: [string, Operation]): string {
  const parts = [
    ...parametersIn('path', 'params', parameters),
    ...parametersIn('query', 'query', parameters),
    ...body(requestBody),
    `answer: ${answer(responses)}`,
  ]
  return field(method, block(parts), summary === undefined ? {} : { description: summary })
}

function parametersIn(place: string, name: string, parameters: readonly Parameter[]): string[] {
  const these = parameters.filter((parameter) => parameter.in === place)
  if (these.length === 0) return []
  const isRequired = these.some(({ required }) => required === true)
  const fields = these.map(({ name: key, schema = {}, required, description }) =>
    field(key, typeOf(schema), description === undefined ? {} : { description }, required === true),
  )
  return [`${name}${isRequired ? '' : '?'}: ${block(fields)}`]
}

/** What is not JSON goes as text, and says what it is. */
function body(content: Content | undefined): string[] {
  const { 'application/json': json, ...others } = content?.content ?? {}
  const types = Object.keys(others).map((type) => `'${type}'`)
  if (json === undefined && types.length === 0) return []
  const texts = [...(json === undefined ? [] : [typeOf(json.schema ?? {})]), ...(types.length === 0 ? [] : ['string'])]
  const isRequired = content?.required === true || json === undefined
  return [
    `body${isRequired ? '' : '?'}: ${texts.join(' | ')}`,
    ...(types.length === 0 ? [] : [`contentType${json === undefined ? '' : '?'}: ${types.join(' | ')}`]),
  ]
}

function answer(responses: Record<string, Content>): string {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const types = good.flatMap(([, { content = {} }]) => {
    const answers = Object.entries(content)
    if (answers.length === 0) return ['undefined']
    return answers.map(([type, { schema = {} }]) => (type === 'application/json' ? typeOf(schema) : 'string'))
  })
  return [...new Set(types)].join(' | ')
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return `Schemas['${schema.$ref.replace('#/components/schemas/', '')}']`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return `(${[...new Set(either.map(typeOf))].join(' | ')})`
  if (schema.allOf !== undefined) return `(${schema.allOf.map(typeOf).join(' & ')})`
  const types = [schema.type ?? []].flat()
  return types.length === 0 ? 'unknown' : types.map((type) => plainType(type, schema)).join(' | ')
}

function plainType(type: string, schema: Schema): string {
  if (type === 'integer') return 'number'
  if (type === 'array') return `Array<${typeOf(schema.items ?? {})}>`
  return type === 'object' ? objectType(schema) : type
}

function objectType({ properties, required = [], additionalProperties }: Schema): string {
  const more = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'
  if (properties === undefined) return `Record<string, ${more}>`
  const fields = Object.entries(properties).map(([name, schema]) =>
    field(name, typeOf(schema), schema, required.includes(name)),
  )
  return block(
    additionalProperties === undefined || additionalProperties === false
      ? fields
      : [...fields, '[key: string]: unknown'],
  )
}

function field(
  name: string,
  type: string,
  { description }: Pick<Schema, 'description'> = {},
  isRequired = true,
): string {
  const comment = description === undefined ? '' : `/** ${description.replaceAll('*/', '*\\/')} */\n`
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
  return `${comment}${key}${isRequired ? '' : '?'}: ${type}`
}

const block = (fields: readonly string[]): string =>
  `{\n${fields.map((text) => text.replaceAll(/^/gm, '  ')).join('\n')}\n}`
