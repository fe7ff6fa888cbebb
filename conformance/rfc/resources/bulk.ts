// Bulk operations: RFC 7644 §3.7. Skipped when ServiceProviderConfig says that they are not supported.
import { type Check, check, skip } from '../check.ts'
import type { ScimClient } from '../client.ts'
import { expectBody, expectStatus } from '../expect.ts'
import { bulkRequestUrn, bulkResponseUrn, groupUrn } from '../urns.ts'

async function sendBulk(client: ScimClient, operations: readonly object[], failOnErrors?: number) {
  await client.requireFeature('bulk')
  const limit = failOnErrors === undefined ? {} : { failOnErrors }
  return client.send('POST', '/Bulk', { body: { schemas: [bulkRequestUrn], ...limit, Operations: operations } })
}

export const bulkChecks: readonly Check[] = [
  check('RFC 7644 §3.7 a bulk create answers per operation with status, location and bulkId', async (client) => {
    const data = client.userBody()
    const response = await sendBulk(client, [{ method: 'POST', path: '/Users', bulkId: 'one', data }])
    expectStatus(response, 200)
    expectBody(response, {
      schemas: [bulkResponseUrn],
      Operations: [{ method: 'POST', bulkId: 'one', status: '201', location: { $regex: '/Users/' } }],
    })
  }),
  check('RFC 7644 §3.7.2 a bulkId reference is resolved to the new id', async (client) => {
    const group = { schemas: [groupUrn], displayName: client.unique, members: [{ value: 'bulkId:one' }] }
    const response = await sendBulk(client, [
      { method: 'POST', path: '/Users', bulkId: 'one', data: client.userBody() },
      { method: 'POST', path: '/Groups', bulkId: 'two', data: group },
    ])
    expectStatus(response, 200)
    const list = await client.read('/Groups', { filter: `displayName eq "${client.unique}"` })
    expectBody(list, { Resources: [{ members: [{ value: { $regex: '^(?!bulkId:)' } }] }] })
  }),
  check('RFC 7644 §3.7.3 a failed operation carries its error and leaves the others alone', async (client) => {
    const data = client.userBody()
    const response = await sendBulk(client, [
      { method: 'DELETE', path: '/Users/00000000-0000-4000-8000-000000000000' },
      { method: 'POST', path: '/Users', bulkId: 'one', data },
    ])
    expectStatus(response, 200)
    expectBody(response, {
      Operations: [
        { status: '404', response: { status: '404' } },
        { bulkId: 'one', status: '201' },
      ],
    })
  }),
  check('RFC 7644 §3.7.3 failOnErrors stops after so many failures', async (client) => {
    const missing = { method: 'DELETE', path: '/Users/00000000-0000-4000-8000-000000000000' }
    const create = { method: 'POST', path: '/Users', bulkId: 'one', data: client.userBody() }
    expectStatus(await sendBulk(client, [missing, create], 1), 200)
    const list = await client.read('/Users', { filter: `userName eq "${client.userName()}"` })
    expectBody(list, { totalResults: 0 })
  }),
  check('RFC 7644 §3.7.4 more operations than maxOperations are 413', async (client) => {
    const { maxOperations } = await client.requireFeature('bulk')
    if (Number(maxOperations) > 20_000) skip(`maxOperations is ${maxOperations}`)
    const operations = Array.from({ length: Number(maxOperations) + 1 }, () => ({ method: 'DELETE', path: '/Users/x' }))
    expectStatus(await sendBulk(client, operations), 413)
  }),
]
