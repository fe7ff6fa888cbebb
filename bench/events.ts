// What whoever is told of events waits for: ten webhooks on one organization, of which one is slow, under thousands of events a minute;
// and from a deactivation by SCIM to the webhook that hears of it. Receivers are one more process of their own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { count, quantile, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'

export type EventsResult = {
  perMinute: number
  events: number
  /** From the commit of an event to the message at the nine quick receivers. */
  lag: { p50: number; p99: number; longest: number }
  /** What came to a quick receiver in another order, twice, or not at all. */
  disordered: number
  doubled: number
  missing: number
  slowTaken: number
  /** From the request that deactivates somebody to the message, in milliseconds. */
  deactivation: { trials: number; p50: number; p99: number }
}

export type EventsOptions = { seconds: number; trials: number; perMinute: number }

const quickOnes = 9
const slowMillis = 1_000
const goalMillis = { lag: 2_000, deactivation: 1_000 }

type Receiver = { url: string; came: { id: string; at: number; userId: string }[]; close(): void }

async function receiver(afterMillis = 0): Promise<Receiver> {
  const came: Receiver['came'] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const event = JSON.parse(body) as { id: string; data: { userId?: string } }
      came.push({ id: event.id, at: Date.now(), userId: event.data.userId ?? '' })
      setTimeout(() => response.writeHead(204).end(), afterMillis)
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, came, close }
}

/** One row of the audit trail each, as a change writes it, by the pace of the clock; what is measured is who hears of them. */
async function write({ owner, organizationId }: Rolecall, { seconds, perMinute }: EventsOptions): Promise<void> {
  const perTick = Math.max(1, Math.round(perMinute / 60 / 20))
  const begun = performance.now()
  const total = Math.round((perMinute / 60) * seconds)
  for (let written = 0; written < total; ) {
    await owner`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id,
        detail, request_id)
      select ${organizationId}, new_id('evt'), clock_timestamp(), 'system', 'bench', 'user.update', 'user', new_id('usr'),
        '{"fields": ["displayName"]}', 'req_bench' from generate_series(1, ${perTick}::int)`
    written += perTick
    const ahead = (written / total) * seconds * 1_000 - (performance.now() - begun)
    if (ahead > 0) await sleep(ahead)
  }
}

export async function measureEvents(
  rolecall: Rolecall,
  options: EventsOptions,
  progress: (text: string) => void,
): Promise<EventsResult> {
  const { owner, organizationId, run } = rolecall
  const quick = await Promise.all(Array.from({ length: quickOnes }, () => receiver()))
  const slow = await receiver(slowMillis)
  const hook = (url: string, type: string) =>
    run('webhook', 'create', '--organization', 'bench', '--url', url, '--type', type, '--json')
  for (const { url } of [...quick, slow]) await hook(url, 'user.updated')
  progress(
    `${options.perMinute} events a minute for ${options.seconds} s, to nine quick webhooks and one that takes ${slowMillis} ms`,
  )
  await write(rolecall, options)
  const rows = await owner`select id, extract(epoch from occurred_at) * 1000 as at from audit_events
    where organization_id = ${organizationId} and actor_id = 'bench' order by position`
  for (let waited = 0; quick.some(({ came }) => came.length < rows.length) && waited < 60_000; waited += 50)
    await sleep(50)
  const at = new Map(rows.map((row, index) => [String(row['id']), { at: Number(row['at']), index }]))
  const lags = quick.flatMap(({ came }) => came.map(({ id, at: cameAt }) => cameAt - (at.get(id)?.at ?? 0)))
  const slowTaken = slow.came.length
  const counted = quick.map(({ came }) => {
    const ids = came.map(({ id }) => id)
    // In the order in which each came first.
    const firsts = [...new Set(ids)].map((id) => at.get(id)?.index ?? -1)
    return {
      doubled: ids.length - firsts.length,
      missing: rows.length - firsts.length,
      disordered: firsts.filter((place, index) => index > 0 && place < (firsts[index - 1] ?? 0)).length,
    }
  })
  const sum = (name: keyof (typeof counted)[number]) => counted.reduce((all, one) => all + one[name], 0)
  const deactivation = await measureDeactivations(rolecall, options, progress)
  for (const each of [...quick, slow]) each.close()
  return {
    ...{ perMinute: options.perMinute, events: rows.length, slowTaken, deactivation },
    lag: { p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), longest: Math.max(...lags) },
    ...{ disordered: sum('disordered'), doubled: sum('doubled'), missing: sum('missing') },
  }
}

async function measureDeactivations(
  { run, scim, owner }: Rolecall,
  { trials }: EventsOptions,
  progress: (text: string) => void,
): Promise<EventsResult['deactivation']> {
  // What the slow one has not had yet is not what is measured.
  await owner`update webhooks set status = 'paused', pause_reason = 'manual'`
  const to = await receiver()
  await run('webhook', 'create', '--organization', 'bench', '--url', to.url, '--type', 'user.deactivated', '--json')
  progress(`${trials} deactivations, one after the other`)
  const millis: number[] = []
  for (let trial = 0; trial < trials; trial += 1) {
    const made = await scim.send({
      ...{ method: 'POST', path: '/Users' },
      body: { userName: `gone-${trial}@bench.example.com`, active: true },
    })
    const { id } = JSON.parse(made.text) as { id: string }
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    const begun = Date.now()
    await scim.send({
      ...{ method: 'PATCH', path: `/Users/${id}` },
      body: { schemas, Operations: [{ op: 'replace', value: { active: false } }] },
    })
    let came = to.came.find(({ userId }) => userId === id)
    while (came === undefined) {
      if (Date.now() - begun > 30_000) throw new Error('A deactivation was not told within 30 seconds')
      await sleep(2)
      came = to.came.find(({ userId }) => userId === id)
    }
    millis.push(came.at - begun)
  }
  to.close()
  return { trials, p50: quantile(millis, 0.5), p99: quantile(millis, 0.99) }
}

const ms = (millis: number): string => `${Math.round(millis)} ms`

export const describeEvents = (result: EventsResult): string =>
  [
    table(
      [
        'events a minute',
        'events',
        'lag p50',
        'lag p99',
        'longest',
        'disordered',
        'doubled',
        'missing',
        'slow one took',
      ],
      [
        [
          ...[
            count(result.perMinute),
            count(result.events),
            ms(result.lag.p50),
            ms(result.lag.p99),
            ms(result.lag.longest),
          ],
          ...[result.disordered, result.doubled, result.missing, result.slowTaken].map(count),
        ],
      ],
    ),
    '',
    table(
      ['deactivations', 'to the webhook, p50', 'p99'],
      [[count(result.deactivation.trials), ms(result.deactivation.p50), ms(result.deactivation.p99)]],
    ),
  ].join('\n')

export const areEventGoalsMet = ({ lag, deactivation, disordered, missing }: EventsResult): boolean =>
  lag.p99 < goalMillis.lag && deactivation.p99 < goalMillis.deactivation && disordered + missing === 0
