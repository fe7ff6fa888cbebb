// Who is told of events, while server and database are killed under changes: every committed change has its event, and the receiver saw
// each of them at least once and in order.
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startLoad } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { databaseOf, onStage, untilAcknowledged } from '../stage.ts'

const between = 40
const types = ['user.created', 'user.deactivated', 'group.members_added']
const actions = ['user.provision', 'user.deactivate', 'group.members_added']
const patienceMillis = 120_000

type Receiver = { url: string; ids: string[]; close(): void }

/** Refuses one of fifty, so that some have to be sent again. */
async function receiver(): Promise<Receiver> {
  const ids: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const isTaken = Math.random() < 0.98
      if (isTaken) ids.push((JSON.parse(body) as { id: string }).id)
      response.writeHead(isTaken ? 204 : 503).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ids, close }
}

export const killedUnderEvents: Scenario = {
  name: 'killed-under-events',
  says: 'server and PostgreSQL killed (kill -9) in turn under changes, with a webhook that is told of each',
  ...{ short: { times: 2 }, long: { times: 100 }, isSeamless: false },
  play: ({ times }, say) => {
    const settings = (postgres: Parameters<typeof databaseOf>[0]) => ({
      ...databaseOf(postgres),
      ALLOW_LOOPBACK: 'true',
    })
    return onStage({ settings }, async ({ postgres, nodes, target, settle }) => {
      const [node] = nodes
      const to = await receiver()
      const program = join(import.meta.dirname, '../../../src/main.ts')
      const make = ['webhook', 'create', '--organization', 'faults', '--url', to.url, '--type', ...types, '--json']
      await promisify(execFile)(process.execPath, [program, ...make], {
        env: { ...node?.env, ...databaseOf(postgres) },
      })
      const load = startLoad(target, () => node?.origin ?? '')
      for (let time = 1; time <= times; time += 1) {
        await untilAcknowledged(load, between)
        await sleep(Math.random() * 200)
        const killed = time % 2 === 0 ? postgres : node
        await killed?.kill()
        await killed?.start()
        say(`${time} of ${times}`)
      }
      await untilAcknowledged(load, between)
      const result = await settle(load, times)
      const owner = postgres.connect()
      const rows = await owner`select id, action, target_id as "targetId" from audit_events
        where organization_id = ${target.organizationId} and action = any (${actions}) order by position`
      const seen = () => new Set(to.ids)
      for (let waited = 0; rows.some(({ id }) => !seen().has(String(id))) && waited < patienceMillis; waited += 500) {
        // The pauses between attempts are not what is looked at.
        await owner`update webhooks set next_attempt_at = now() where next_attempt_at > now()`
        await sleep(500)
      }
      await owner.end()
      to.close()
      const place = new Map(rows.map(({ id }, index) => [String(id), index]))
      const firsts = [...seen()].map((id) => place.get(id) ?? -1)
      const created = new Set(
        rows.filter(({ action }) => action === 'user.provision').map(({ targetId }) => String(targetId)),
      )
      const withoutEvent = load.people.filter(({ id }) => !created.has(id)).length
      const untold = rows.length - firsts.filter((index) => index >= 0).length
      const disordered = firsts.filter((index, at) => at > 0 && index < (firsts[at - 1] ?? 0)).length
      return {
        ...result,
        lost: result.lost + withoutEvent + untold,
        wrong: [
          ...result.wrong,
          ...(disordered > 0 ? [`${disordered} events came in another order`] : []),
          ...(firsts.includes(-1) ? ['something came that never happened'] : []),
        ],
        notes: [
          ...result.notes,
          `${rows.length} events, ${to.ids.length} messages taken, ${to.ids.length - seen().size} of them twice`,
        ],
      }
    })
  },
}
