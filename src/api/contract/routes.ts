// How routes are described: bodies, answers and failures, as OpenAPI wants them.
import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import { invalidInput } from '#platform/input.ts'
import type { ApiEnv } from './env.ts'

/** Routes of one resource; a request that does not fit its schema is refused with every field that is wrong. */
export const newRoutes = (): OpenAPIHono<ApiEnv> =>
  new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidInput(result.error.issues)
    },
  })

const security = [{ apiKey: [] }]

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:rolecall:problem:not_found' }),
    status: z.number().int(),
    title: z.string(),
    detail: z.string(),
    reason: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string(),
  })
  .openapi('Problem', { description: 'RFC 9457 problem details' })

/** A failure, as OpenAPI describes it. */
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
})

const refusals = {
  400: problem('The request is not valid; `errors` names the fields'),
  401: problem('The API key is missing, unknown, revoked or expired'),
  404: problem('Nothing in this organization is called so'),
  409: problem('It conflicts with what is there'),
  413: problem('The body is larger than 1 MB'),
  422: problem('A rule of the organization is against it'),
  415: problem('The body is not application/json'),
  429: problem('The key or its organization sends more requests than it may; see Retry-After'),
  503: problem('The database cannot be reached at the moment; see Retry-After'),
}

/** Failures of reading: a list, or one thing by its id. */
const readFailures = {
  400: refusals[400],
  401: refusals[401],
  404: refusals[404],
  429: refusals[429],
  503: refusals[503],
}

/** Failures of changing something, and of looking what a change would do. */
export const writeFailures = refusals

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

export const jsonAnswer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const noContent = (description: string) => ({ description })

export const idParam = z.object({ id: z.string().openapi({ description: 'The id' }) })

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What is left to say of an operation; its failures are those of its method. */
type Described = {
  summary: string
  description?: string
  request?: NonNullable<RouteConfig['request']>
  responses: RouteConfig['responses']
}

type Failures<M extends Method> = M extends 'get' ? typeof readFailures : typeof writeFailures

type Operation<M extends Method, Path extends string, Rest extends Described> = {
  tags: string[]
  security: typeof security
  method: M
  path: Path
  operationId: string
} & Omit<Rest, 'responses'> & { responses: Rest['responses'] & Failures<M> }

/** Operations under one heading of the documentation, all of them for holders of an API key. */
export const operationsOf =
  (tag: string) =>
  <const M extends Method, const Path extends string, const Rest extends Described>(
    method: M,
    path: Path,
    operationId: string,
    { responses, ...rest }: Rest,
  ): Operation<M, Path, Rest> & { getRoutingPath(): string } => {
    const failures = method === 'get' ? readFailures : writeFailures
    const described = { tags: [tag], security, method, path, operationId, ...rest }
    const config = { ...described, responses: { ...responses, ...failures } } as RouteConfig
    return createRoute(config) as unknown as Operation<M, Path, Rest> & { getRoutingPath(): string }
  }
