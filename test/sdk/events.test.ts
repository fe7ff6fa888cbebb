// The kit's iterator over events: what there was and what comes, on from a cursor, for organizations and for the platform.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createManagement, type RolecallEvent } from '#sdk/management.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { type Listening, listen } from '../support/listening.ts'
import { createPlatformKey } from '../support/platform.ts'

let stage: AccessStage
let one: Client
let server: Listening
beforeAll(async () => {
  stage = await startStage()
  one = await stage.createClient()
  server = await listen(() => stage.app, '127.0.0.1')
})
afterAll(async () => {
  await server.close()
  await stage.close()
})

async function take(events: AsyncIterable<RolecallEvent>, count: number): Promise<RolecallEvent[]> {
  const taken: RolecallEvent[] = []
  for await (const event of events) if (taken.push(event) === count) break
  return taken
}

describe('events', () => {
  test('come as they happen, and go on behind the last one', async () => {
    const client = createManagement({ issuer: server.origin, key: one.key })
    const begin = (await client.get('/events', { query: { after: 'latest' } })).next ?? ''
    const coming = take(client.events({ after: begin, types: ['user.created'] }), 2)
    const ids = [await createUser(one, 'a@example.com'), await createUser(one, 'b@example.com')]
    const came = await coming
    expect(came.map(({ data }) => data['userId'])).toEqual(ids)
    const third = await createUser(one, 'c@example.com')
    const [next] = await take(client.events({ after: came[1]?.cursor ?? '', types: ['user.created'] }), 1)
    expect(next?.data).toMatchObject({ userId: third })
  })

  test('of the platform, with every organization’s, on from the middle of a page', async () => {
    const other = await stage.createClient()
    const { key } = await createPlatformKey(stage, { scopes: ['events.read'], access: 'nothing' })
    const client = createManagement({ issuer: server.origin, key })
    const begin = (await client.get('/events', { query: { after: 'latest' } })).next ?? ''
    const ids = [await createUser(one, 'p1@example.com'), await createUser(other, 'p2@example.com')]
    const [first] = await take(client.events({ after: begin, types: ['user.created'] }), 1)
    expect(first).toMatchObject({ organizationId: one.organizationId, data: { userId: ids[0] } })
    const [second] = await take(client.events({ after: first?.cursor ?? '', types: ['user.created'] }), 1)
    expect(second).toMatchObject({ organizationId: other.organizationId, data: { userId: ids[1] } })
  })

  test('end where they are told to, and say what is wrong', async () => {
    const client = createManagement({ issuer: server.origin, key: one.key })
    const ending = new AbortController()
    const waiting = take(client.events({ signal: ending.signal }), 1)
    setTimeout(() => ending.abort(), 300)
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
    const wrong = createManagement({ issuer: server.origin, key: 'rck_wrong' })
    await expect(take(wrong.events(), 1)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})
