// AuthZEN 1.0 requests and answers: subject, action, resource and context become a question; decisions become answers.
import { z } from '@hono/zod-openapi'
import type { AccessQuestion } from '#access/decisions/effective-access.ts'
import { type Decision, unknown } from '#access/decisions/evaluate.ts'
import type { VisibleAssetsQuestion } from '#access/decisions/visible-assets.ts'
import { readCursor, refuseCursor } from '#platform/cursor.ts'
import { AppError } from '#platform/errors.ts'
import { invalidInput, parseInput } from '#platform/input.ts'

const text = z.string().min(1).max(1_000)
const properties = z.record(z.string(), z.unknown()).optional()

const subject = z.looseObject({ type: text, id: text, properties })
const action = z.looseObject({ name: text, properties })
const resource = z.looseObject({ type: text, id: text, properties })
const context = z.record(z.string(), z.unknown())

const Evaluation = z.looseObject({ subject, action, resource, context: context.optional() })

const semantics = z.enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])

const largestBatch = 1_000

/** Whatever a single evaluation leaves out comes from the top level; each is checked for itself. */
const Evaluations = z.looseObject({
  subject: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
  context: z.unknown().optional(),
  evaluations: z.array(z.record(z.string(), z.unknown())).max(largestBatch).optional(),
  options: z.looseObject({ evaluations_semantic: semantics.optional() }).optional(),
})

/** What cannot be asked is refused in its place in a batch, and the rest is answered. */
export type Asked = { question: AccessQuestion } | { refusal: Decision } | { fault: AppError }

export type Batch = { asked: Asked[]; semantic: z.infer<typeof semantics> }

export type Answer = { decision: boolean; context: Record<string, unknown> }

const page = z
  .looseObject({ token: z.string().max(1_000).optional(), limit: z.number().int().min(1).max(1_000).optional() })
  .optional()

const ResourceSearch = z.looseObject({
  ...{ subject, action, page, context: context.optional() },
  resource: z.looseObject({ type: text, properties }),
})

const SubjectSearch = z.looseObject({
  ...{ action, resource, page, context: context.optional() },
  subject: z.looseObject({ type: text, properties }),
})

const ActionSearch = z.looseObject({ subject, resource, page, context: context.optional() })

/** Where a page goes on, and how many it has. */
export type SearchPage = { after: string | undefined; limit: number }

const usualPage = 200

/** @throws AppError invalid (reason `invalidCursor`) */
function readPage(given: z.infer<typeof page>): SearchPage {
  const { token = '', limit = usualPage } = given ?? {}
  if (token === '') return { after: undefined, limit }
  const [after, ...more] = readCursor(token)
  return typeof after === 'string' && more.length === 0 ? { after, limit } : refuseCursor()
}

/** In the brand that the resource's properties or the context name, or in all of them. @throws AppError invalid */
export function readResourceSearch(body: unknown): VisibleAssetsQuestion & { type: string; page: () => SearchPage } {
  const { subject: who, action: what, resource: where, context: around, page: asked } = parseInput(ResourceSearch, body)
  const brand = where.properties?.['brand'] ?? around?.['brand']
  if (brand !== undefined && typeof brand !== 'string') throw brandFault
  const cursor = asked?.token === '' ? undefined : asked?.token
  // Nobody but users may do anything.
  const user = who.type === 'user' ? who.id : ''
  const question = { user, permission: what.name, type: where.type, brand, cursor, limit: asked?.limit ?? usualPage }
  return { ...question, page: () => readPage(asked) }
}

/** Undefined where only users could be found and others are looked for. @throws AppError invalid */
export function readSubjectSearch(
  body: unknown,
): { question: Omit<AccessQuestion, 'user'>; page: SearchPage } | undefined {
  const { subject: who, page: asked, ...rest } = parseInput(SubjectSearch, body)
  if (who.type !== 'user') return undefined
  const { user: _, ...question } = questionOf({ ...rest, subject: { type: 'user', id: 'anybody' } })
  return { question, page: readPage(asked) }
}

/** Undefined for a subject that is no user. @throws AppError invalid */
export function readActionSearch(
  body: unknown,
): { question: Omit<AccessQuestion, 'permission'>; page: SearchPage } | undefined {
  const { subject: who, page: asked, ...rest } = parseInput(ActionSearch, body)
  if (who.type !== 'user') return undefined
  const { permission: _, ...question } = questionOf({ ...rest, subject: who, action: { name: 'any' } })
  return { question, page: readPage(asked) }
}

/** @throws AppError invalid */
function questionOf(evaluation: z.infer<typeof Evaluation>): AccessQuestion {
  const one = asked(evaluation)
  if ('question' in one) return one.question
  throw 'fault' in one ? one.fault : brandFault
}

/** @throws AppError invalid */
export function readEvaluation(body: unknown): Asked {
  return asked(parseInput(Evaluation, body))
}

/** Undefined where the request has no `evaluations` and is a single one. @throws AppError invalid */
export function readEvaluations(body: unknown): Batch | undefined {
  const { evaluations = [], options, ...defaults } = parseInput(Evaluations, body)
  if (evaluations.length === 0) return undefined
  return {
    asked: evaluations.map((evaluation) => readItem({ ...defaults, ...evaluation })),
    semantic: options?.evaluations_semantic ?? 'execute_all',
  }
}

function readItem(item: unknown): Asked {
  const parsed = Evaluation.safeParse(item)
  return parsed.success ? asked(parsed.data) : { fault: invalidInput(parsed.error.issues) }
}

function asked(evaluation: z.infer<typeof Evaluation>): Asked {
  const { subject: who, action: what, resource: where } = evaluation
  if (who.type !== 'user') return { refusal: unknown('user') }
  const brand = brandOf(evaluation)
  if (brand !== undefined && typeof brand !== 'string') return { fault: brandFault }
  const owner = where.properties?.['owner']
  if (owner !== undefined && typeof owner !== 'string') return { fault: ownerFault }
  const organization = where.type === 'organization' ? where.id : undefined
  const asset = containers.has(where.type) ? undefined : { type: where.type, id: where.id, isOptional: true }
  return { question: { user: who.id, permission: what.name, brand, organization, asset, owner } }
}

/** Resources that are places, and no things in one. */
const containers = new Set(['brand', 'organization'])

const brandFault = new AppError('invalid', 'brand: must be the id or slug of a brand', { reason: 'invalidValue' })

const ownerFault = new AppError('invalid', 'owner: must be the id or name of a user', { reason: 'invalidValue' })

/** The resource is a brand, or lies in one, which its properties or the context name. */
function brandOf({ resource: where, context: around }: z.infer<typeof Evaluation>): unknown {
  if (where.type === 'brand') return where.id
  if (where.type === 'organization') return undefined
  return where.properties?.['brand'] ?? around?.['brand']
}

export const answerOf = ({ allowed, step, reason, chain }: Decision): Answer => ({
  decision: allowed,
  context: { reason: { step, code: reason, chain } },
})

/** The answer in the place of an evaluation that was not a question. */
export const faultAnswer = ({ message }: AppError): Answer => ({
  decision: false,
  context: { error: { status: 400, message } },
})

/** Cuts the answers off after the one that settles the batch. */
export function bySemantic(answers: readonly Answer[], semantic: Batch['semantic']): Answer[] {
  if (semantic === 'execute_all') return [...answers]
  const settles = semantic === 'permit_on_first_permit'
  const at = answers.findIndex(({ decision }) => decision === settles)
  return answers.slice(0, at < 0 ? answers.length : at + 1)
}
