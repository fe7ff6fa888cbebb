// Lists and paging: RFC 7644 §3.4.2 and §3.4.2.4.
import { type Check, check } from '../check.ts'
import { resourcesOf, type ScimClient } from '../client.ts'
import { expectBody, expectError, expectStatus, fail } from '../expect.ts'
import { listUrn } from '../urns.ts'
import { createPeople } from './people.ts'

// Creates three users and returns the query that lists only those.
async function listOfThree(client: ScimClient): Promise<{ filter: string }> {
  await createPeople(client)
  return { filter: `userName sw "${client.unique}"` }
}

export const listChecks: readonly Check[] = [
  check('RFC 7644 §3.4.2 a list is a ListResponse with integer counts', async (client) => {
    const three = await listOfThree(client)
    const response = await client.read('/Users', three)
    expectBody(response, { schemas: [listUrn], totalResults: 3, Resources: { $len: 3 } })
    expectBody(response, {
      itemsPerPage: { $oneOf: [3, { $absent: true }] },
      startIndex: { $oneOf: [1, { $absent: true }] },
    })
  }),
  check('RFC 7644 §3.4.2 each listed resource is complete', async (client) => {
    const three = await listOfThree(client)
    for (const resource of resourcesOf(await client.read('/Users', three))) {
      expectBody(await client.read(`/Users/${resource['id']}`), resource)
    }
  }),
  check('RFC 7644 §3.4.2.4 count limits the page, totalResults stays', async (client) => {
    const three = await listOfThree(client)
    const response = await client.read('/Users', { ...three, count: '2' })
    expectBody(response, { totalResults: 3, itemsPerPage: 2, startIndex: 1, Resources: { $len: 2 } })
  }),
  check('RFC 7644 §3.4.2.4 startIndex is 1-based and echoed', async (client) => {
    const three = await listOfThree(client)
    const response = await client.read('/Users', { ...three, startIndex: '3', count: '2' })
    expectBody(response, { totalResults: 3, itemsPerPage: 1, startIndex: 3, Resources: { $len: 1 } })
  }),
  check('RFC 7644 §3.4.2.4 startIndex below 1 means 1', async (client) => {
    const three = await listOfThree(client)
    const first = resourcesOf(await client.read('/Users', { ...three, startIndex: '1', count: '1' }))[0]?.['id']
    for (const startIndex of ['0', '-7']) {
      const response = await client.read('/Users', { ...three, startIndex, count: '1' })
      expectBody(response, { totalResults: 3, startIndex: 1, Resources: [{ id: first }] })
    }
  }),
  check('RFC 7644 §3.4.2.4 count 0 gives totalResults without resources', async (client) => {
    const three = await listOfThree(client)
    expectBody(await client.read('/Users', { ...three, count: '0' }), { totalResults: 3, Resources: { $blank: true } })
  }),
  check('RFC 7644 §3.4.2.4 a negative count means 0', async (client) => {
    const three = await listOfThree(client)
    expectBody(await client.read('/Users', { ...three, count: '-1' }), { totalResults: 3, Resources: { $blank: true } })
  }),
  check('RFC 7644 §3.4.2.4 a page beyond the end is empty', async (client) => {
    const three = await listOfThree(client)
    const response = await client.read('/Users', { ...three, startIndex: '50', count: '10' })
    expectBody(response, { totalResults: 3, Resources: { $blank: true } })
  }),
  check('RFC 7644 §3.4.2.4 a large count is cut down, not refused', async (client) => {
    const three = await listOfThree(client)
    expectBody(await client.read('/Users', { ...three, count: '1000000' }), { totalResults: 3, Resources: { $len: 3 } })
  }),
  check('RFC 7644 §3.4.2.4 a count that is no number is 400 or ignored', async (client) => {
    const response = await client.get('/Users', { startIndex: 'one', count: 'many' })
    if (response.status === 400) expectError(response, 400)
    else expectStatus(response, 200)
    expectBody(response, { schemas: { $nonEmpty: true } })
  }),
  check('RFC 7644 §3.4.2.4 the pages together hold each resource once', async (client) => {
    const three = await listOfThree(client)
    for (const label of ['dov', 'eve', 'fay', 'gus']) await client.createUser({}, label)
    const ids: unknown[] = []
    for (let startIndex = 1; startIndex <= 7; startIndex += 2) {
      const page = await client.read('/Users', { ...three, startIndex: String(startIndex), count: '2' })
      ids.push(...resourcesOf(page).map(({ id }) => id))
      if (startIndex === 7 && (ids.length !== 7 || new Set(ids).size !== 7)) {
        fail(page, '7 different users over 4 pages', `${ids.length}, ${new Set(ids).size} different`)
      }
    }
  }),
  check('RFC 7644 §3.4.2 the same query answers in the same order', async (client) => {
    const three = await listOfThree(client)
    const order = async () => resourcesOf(await client.read('/Users', three)).map(({ id }) => id)
    const before = await order()
    await client.patch(`/Users/${before[0]}`, { op: 'replace', path: 'title', value: 'Moved' })
    const response = await client.read('/Users', three)
    expectBody(response, { Resources: before.map((id) => ({ id })) })
    const after = resourcesOf(response).map(({ id }) => id)
    if (after.join() !== before.join()) fail(response, `the order ${before.join(', ')}`, after.join(', '))
  }),
  check('RFC 7644 §3.4.2 groups are listed as a ListResponse', async (client) => {
    const { id } = await client.createGroup()
    const response = await client.read('/Groups', { filter: `displayName eq "${client.unique}-group"` })
    expectBody(response, { schemas: [listUrn], totalResults: 1, Resources: [{ id }] })
  }),
]
