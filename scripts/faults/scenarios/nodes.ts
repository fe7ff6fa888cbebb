// Several nodes on one database: one is killed every few moments, one is cut off from the database, or their clocks are apart.
import { setTimeout as sleep } from 'node:timers/promises'
import { cuttingProxy } from '../../../test/support/cutting-proxy.ts'
import { startLoad } from '../load.ts'
import { healthProxy } from '../proxy.ts'
import type { Scenario } from '../scenario.ts'
import { databaseOf, onStage, untilAcknowledged } from '../stage.ts'

const between = 60

export const killedNodes: Scenario = {
  name: 'killed-nodes',
  says: 'two nodes behind a health-checked proxy, of which one is killed every few seconds; clients try twice',
  ...{ short: { times: 2 }, long: { times: 60 }, isSeamless: true },
  play: ({ times }, say) =>
    onStage({ nodes: 2 }, async ({ nodes, target, settle }) => {
      const proxy = await healthProxy(nodes.map(({ origin }) => origin))
      const load = startLoad(target, () => proxy.origin)
      for (let time = 1; time <= times; time += 1) {
        await untilAcknowledged(load, between)
        const node = nodes[time % nodes.length]
        await node?.kill()
        await untilAcknowledged(load, between)
        await node?.start()
        await sleep(500)
        say(`${time} of ${times}`)
      }
      const result = await settle(load, times)
      await proxy.close()
      return result
    }),
}

export const cutOff: Scenario = {
  name: 'cut-off',
  says: 'one of two nodes is cut off from the database, which falls silent or refuses; the other one goes on',
  ...{ short: { times: 2 }, long: { times: 30 }, isSeamless: true },
  play: async ({ times }, say) => {
    const cuts: Awaited<ReturnType<typeof cuttingProxy>>[] = []
    const through = new Map<number, string>()
    return onStage({ nodes: 2 }, async ({ postgres, nodes, target, settle }) => {
      const [first, second] = nodes
      await second?.stop()
      const proxy = await healthProxy(nodes.map(({ origin }) => origin))
      const load = startLoad(target, () => proxy.origin)
      for (let time = 1; time <= times; time += 1) {
        // A node of its own each time, since what was cut stays cut.
        const cut = await cuttingProxy(postgres.url('server'))
        cuts.push(cut)
        through.set(time, postgres.url('server').replace(`:${postgres.port}/`, `:${cut.port}/`))
        if (second !== undefined) second.env['DATABASE_URL'] = through.get(time)
        await second?.start()
        await untilAcknowledged(load, between)
        cut.cut(time % 2 === 0 ? 'stall' : 'refuse')
        await untilAcknowledged(load, between)
        await second?.kill()
        await cut.close()
        say(`${time} of ${times}`)
      }
      const result = await settle(load, times, [
        `the other node wrote ${first?.log().includes('"level":"error"') ? 'errors' : 'no errors'} into its log`,
      ])
      await proxy.close()
      return result
    })
  },
}

/** Of a process: its clock is so many minutes ahead. */
const clockAhead = (minutes: number): string => {
  const code = `const O=Date,by=${minutes * 60_000};globalThis.Date=class extends O{constructor(...a){a.length?super(...a):super(O.now()+by)}static now(){return O.now()+by}}`
  return `--import=data:text/javascript,${encodeURIComponent(code)}`
}

export const clocksApart: Scenario = {
  name: 'clocks-apart',
  says: 'the clocks of two nodes are ten minutes apart, five before and five behind the database',
  ...{ short: { times: 1 }, long: { times: 1 }, isSeamless: true },
  play: (_amount, say) =>
    onStage(
      {
        nodes: 2,
        settings: (postgres, number) => ({ ...databaseOf(postgres), NODE_OPTIONS: clockAhead(number === 0 ? 5 : -5) }),
      },
      async ({ nodes, target, settle }) => {
        let turn = 0
        const load = startLoad(target, () => {
          turn += 1
          return nodes[turn % nodes.length]?.origin ?? ''
        })
        await untilAcknowledged(load, 300)
        say('300 writes by both')
        return settle(load, 1)
      },
    ),
}
