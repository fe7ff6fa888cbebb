// Units of work that share a transaction (src/db/shared-work.ts): each is all or nothing, in the order in which they were asked for.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostTarget, recordAudit } from '#audit/record.ts'
import { once } from '#db/statement.ts'
import { type CallContext, inOneUnitOfWork, inSharedTransaction, inTransaction } from '#src/context.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let ctx: CallContext
beforeAll(async () => {
  app = await startTestApp()
  ctx = (await app.createOrganization()).ctx
})
afterAll(() => app.close())

const note = (to: CallContext, name: string) =>
  recordAudit(to, { action: name as HostTarget, targetType: 'organization', targetId: ctx.organizationId })

const written = async (): Promise<string[]> => {
  const rows =
    await app.owner`select action from audit_events where organization_id = ${ctx.organizationId} order by position`
  return rows.map(({ action }) => String(action)).filter((action) => action.startsWith('app.'))
}

const failing = once<never>(sql`select 1 / 0`, { isPrepared: false })

const atOnce = (to: CallContext, name: string) => inTransaction(to, (tx) => tx.commitWith(note(to, name)))
const stepByStep = (to: CallContext, name: string) =>
  inTransaction(to, async (tx) => {
    await tx.run(note(to, `${name}.first`))
    await tx.run(note(to, `${name}.second`))
  })
const broken = (to: CallContext, name: string) => inTransaction(to, (tx) => tx.commitWith(note(to, name), failing))
const refused = (to: CallContext, name: string) =>
  inTransaction(to, async (tx) => {
    await tx.run(note(to, name))
    throw new Error('refused')
  })

test('what fails is undone alone, and the others hold in their order, however many are under way', async () => {
  const outcomes = await inSharedTransaction(ctx, (to) =>
    Promise.allSettled([
      atOnce(to, 'app.a'),
      stepByStep(to, 'app.b'),
      broken(to, 'app.broken'),
      atOnce(to, 'app.c'),
      refused(to, 'app.refused'),
      stepByStep(to, 'app.d'),
      broken(to, 'app.broken'),
      broken(to, 'app.broken'),
      refused(to, 'app.refused'),
      atOnce(to, 'app.e'),
    ]),
  )
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
    ...[true, true, false, true, false, true, false, false, false, true],
  ])
  expect(await written()).toEqual([
    ...['app.a', 'app.b.first', 'app.b.second', 'app.c', 'app.d.first', 'app.d.second', 'app.e'],
  ])
})

test('several made one are all or nothing, too', async () => {
  const before = await written()
  await inSharedTransaction(ctx, async (to) => {
    const one = inOneUnitOfWork(to, async (part) => {
      await atOnce(part, 'app.f')
      await broken(part, 'app.g')
    })
    await expect(one).rejects.toThrow()
    await inOneUnitOfWork(to, async (part) => {
      await atOnce(part, 'app.h')
      await stepByStep(part, 'app.i')
    })
  })
  expect(await written()).toEqual([...before, 'app.h', 'app.i.first', 'app.i.second'])
})

test('nothing holds where the work around them fails', async () => {
  const before = await written()
  const all = inSharedTransaction(ctx, async (to) => {
    await atOnce(to, 'app.j')
    throw new Error('no')
  })
  await expect(all).rejects.toThrow('no')
  expect(await written()).toEqual(before)
})
