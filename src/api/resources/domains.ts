// /domains
import { z } from '@hono/zod-openapi'
import { addDomain, bindDomain, removeDomain, verifyDomain } from '#connections/domains/change-domains.ts'
import { type DomainRecord, getDomain, listDomains, txtRecordOf } from '#connections/domains/domains.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Domain = z
  .object({
    id: z.string(),
    name: z.string().openapi({ example: 'example.com' }),
    status: z.enum(['pending', 'verified', 'lapsed']),
    verifiedBy: z.enum(['dns', 'operator']).nullable(),
    verifiedAt: time.nullable(),
    checkedAt: time.nullable(),
    createdAt: time,
    connectionIds: z.array(z.string()).openapi({
      description: 'The connections that may link and create people by addresses in the domain; empty: all of them',
    }),
    txtRecord: z
      .object({ name: z.string(), value: z.string() })
      .openapi({ description: 'What DNS has to say to prove the domain' }),
  })
  .openapi('Domain')

function present(domain: DomainRecord): z.infer<typeof Domain> {
  const { challenge: _, ...rest } = domain
  return { ...rest, txtRecord: txtRecordOf(domain) }
}

const operation = operationsOf('Domains')

const listRoute = operation('get', '/domains', 'listDomains', {
  summary: 'List the e-mail domains that the organization claims',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Domain), 'A page of domains') },
})

const addRoute = operation('post', '/domains', 'addDomain', {
  summary: 'Claim an e-mail domain; it counts once DNS proves it',
  request: { body: jsonBody(z.strictObject({ name: z.string() })) },
  responses: { 201: jsonAnswer(Domain, 'The domain with the TXT record to publish') },
})

const getRoute = operation('get', '/domains/{id}', 'getDomain', {
  summary: 'Read a domain',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Domain, 'The domain') },
})

const verifyRoute = operation('post', '/domains/{id}/verify', 'verifyDomain', {
  summary: 'Look for the TXT record now',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Domain, 'The domain as it is now') },
})

const bindRoute = operation('put', '/domains/{id}/connections', 'bindDomain', {
  summary: 'Say which connections may link and create people by addresses in the domain; none stands for all',
  request: { params: idParam, body: jsonBody(z.strictObject({ connectionIds: z.array(z.string()) })) },
  responses: { 200: jsonAnswer(Domain, 'The domain as it is now') },
})

const removeRoute = operation('delete', '/domains/{id}', 'removeDomain', {
  summary: 'Give a domain up: nobody is routed or linked by it from then on',
  request: { params: idParam },
  responses: { 204: noContent('The domain is given up') },
})

export const domainRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listDomains(c.get('ctx'), { after: afterId(cursor, 'dom'), limit: limit + 1 })
    return c.json(page(rows.map(present), limit), 200)
  })
  .openapi(addRoute, async (c) => c.json(present(await addDomain(c.get('ctx'), c.req.valid('json'))), 201))
  .openapi(getRoute, async (c) => c.json(present(await getDomain(c.get('ctx'), c.req.valid('param').id)), 200))
  .openapi(verifyRoute, async (c) => c.json(present(await verifyDomain(c.get('ctx'), c.req.valid('param').id)), 200))
  .openapi(bindRoute, async (c) => {
    const input = { domain: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(present(await bindDomain(c.get('ctx'), input)), 200)
  })
  .openapi(removeRoute, async (c) => {
    await removeDomain(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
