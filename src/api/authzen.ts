// The Authorization API 1.0 of OpenID AuthZEN: decisions for host applications, one at a time or in batches, and searches for people, things
// and what may be done.

import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { unknown } from '#access/decisions/evaluate.ts'
import { searchActions } from '#access/decisions/search-actions.ts'
import { searchBrands } from '#access/decisions/search-brands.ts'
import { searchSubjects } from '#access/decisions/search-subjects.ts'
import { listVisibleAssets } from '#access/decisions/visible-assets.ts'
import { writeCursor } from '#platform/cursor.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import type { Urls } from '#platform/urls.ts'
import { contextAbout, decideAnywhere } from './authzen-organizations.ts'
import {
  type Answer,
  type Asked,
  answerOf,
  bySemantic,
  faultAnswer,
  readActionSearch,
  readEvaluation,
  readEvaluations,
  readResourceSearch,
  readSubjectSearch,
} from './authzen-questions.ts'
import type { ApiEnv, ApiServices } from './contract/env.ts'
import { requireApiKey } from './contract/guard.ts'
import { answerError, limitBody, requireJson } from './contract/requests.ts'
import { newRoutes } from './contract/routes.ts'

type ApiContext = Context<ApiEnv>

/** `/access/v1/evaluation`, `/access/v1/evaluations`, `/access/v1/search/…` and `/.well-known/authzen-configuration`, to be mounted at `/`. */
export function createAuthZen(services: ApiServices): OpenAPIHono<ApiEnv> {
  const routes = newRoutes()
  routes.onError((error, c) => answerError(services.log, error, c))
  routes.get('/.well-known/authzen-configuration', (c) => c.json(authZenConfiguration(services.urls)))
  routes.use('/access/v1/*', requireApiKey(services), limitBody, requireJson)
  routes.post('/access/v1/evaluation', async (c) => c.json(await evaluation(c, await readJson(c))))
  routes.post('/access/v1/evaluations', async (c) => c.json(await evaluations(c, await readJson(c))))
  routes.post('/access/v1/search/subject', async (c) => c.json(await findSubjects(c, await readJson(c))))
  routes.post('/access/v1/search/action', async (c) => c.json(await findActions(c, await readJson(c))))
  routes.post('/access/v1/search/resource', async (c) => c.json(await searchResources(c, await readJson(c))))
  routes.all('/access/v1/*', () => {
    throw notFound('Resource')
  })
  return routes
}

/** The metadata of the policy decision point (AuthZEN 1.0 §9). */
export const authZenConfiguration = ({ origin }: Urls) => ({
  policy_decision_point: origin,
  access_evaluation_endpoint: `${origin}/access/v1/evaluation`,
  access_evaluations_endpoint: `${origin}/access/v1/evaluations`,
  search_subject_endpoint: `${origin}/access/v1/search/subject`,
  search_action_endpoint: `${origin}/access/v1/search/action`,
  search_resource_endpoint: `${origin}/access/v1/search/resource`,
})

type Found<Result = { type: string; id: string }> = { results: Result[]; page: { next_token: string } }

const nothing = { results: [], page: { next_token: '' } }

const next = (after: string | null | undefined): { next_token: string } => ({
  next_token: after == null ? '' : writeCursor(after),
})

/** Who may do something with something (AuthZEN 1.0, Subject Search API); nobody but users may do anything. */
async function findSubjects(c: ApiContext, body: unknown): Promise<Found> {
  const asked = readSubjectSearch(body)
  const ctx = await contextAbout(c, undefined)
  if (asked === undefined || ctx === undefined) return nothing
  const { ids, after } = await searchSubjects(ctx, asked.question, asked.page)
  return { results: ids.map((id) => ({ type: 'user', id })), page: next(after) }
}

/** What somebody may do with something (AuthZEN 1.0, Action Search API). */
async function findActions(c: ApiContext, body: unknown): Promise<Found<{ name: string }>> {
  const asked = readActionSearch(body)
  const ctx = await contextAbout(c, asked?.question.user ?? '')
  if (asked === undefined || ctx === undefined) return nothing
  const { names, isMore } = await searchActions(ctx, asked.question, asked.page)
  return { results: names.map((name) => ({ name })), page: next(isMore ? names.at(-1) : null) }
}

/** With which registered things of a type somebody may do something (AuthZEN 1.0, Resource Search API); nobody unknown may do anything. */
async function searchResources(c: ApiContext, body: unknown): Promise<Found> {
  const { page, ...question } = readResourceSearch(body)
  const ctx = await contextAbout(c, question.user)
  if (ctx === undefined) return nothing
  if (question.type === 'brand') {
    const { ids, after } = await searchBrands(ctx, question, page())
    return { results: ids.map((id) => ({ type: 'brand', id })), page: next(after) }
  }
  const found = await listVisibleAssets(ctx, question).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return { items: [], nextCursor: null }
    throw error
  })
  return { results: found.items.map(({ type, id }) => ({ type, id })), page: { next_token: found.nextCursor ?? '' } }
}

async function evaluation(c: ApiContext, body: unknown): Promise<Answer> {
  const one = readEvaluation(body)
  if ('fault' in one) throw one.fault
  const [answer] = await answers(c, [one])
  return answer ?? answerOf(unknown('user'))
}

async function evaluations(c: ApiContext, body: unknown): Promise<Answer | { evaluations: Answer[] }> {
  const batch = readEvaluations(body)
  if (batch === undefined) return evaluation(c, body)
  return { evaluations: bySemantic(await answers(c, batch.asked), batch.semantic) }
}

/** All questions are decided on one state of the database, whatever the batch stops at. */
async function answers(c: ApiContext, asked: readonly Asked[]): Promise<Answer[]> {
  const questions = asked.flatMap((one) => ('question' in one ? [one.question] : []))
  const decisions = (await decideAnywhere(c, questions)).values()
  return asked.map((one) => {
    if ('fault' in one) return faultAnswer(one.fault)
    if ('refusal' in one) return answerOf(one.refusal)
    return answerOf(decisions.next().value ?? unknown('user'))
  })
}

const readJson = async (c: ApiContext): Promise<unknown> => parseJson(await c.req.text())
