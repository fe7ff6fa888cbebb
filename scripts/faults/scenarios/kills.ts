// A server or its PostgreSQL ends in the middle of a sync: killed, or asked to.
import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { onStage, untilAcknowledged } from '../stage.ts'

/** Acknowledged between one fault and the next. */
const between = 40

const chance = (millis: number): Promise<void> => sleep(Math.random() * millis)

export const killedServer: Scenario = {
  name: 'killed-server',
  says: 'the server is killed (kill -9) in mid-sync and started again',
  ...{ short: { times: 2 }, long: { times: 100 }, isSeamless: false },
  play: ({ times }, say) =>
    onStage({}, async ({ nodes, target, settle }) => {
      const [node] = nodes
      const load = startLoad(target, () => node?.origin ?? '')
      for (let time = 1; time <= times; time += 1) {
        await untilAcknowledged(load, between)
        await chance(200)
        await node?.kill()
        await node?.start()
        say(`${time} of ${times}`)
      }
      await untilAcknowledged(load, between)
      return settle(load, times)
    }),
}

export const killedPostgres: Scenario = {
  name: 'killed-postgres',
  says: 'PostgreSQL is killed (kill -9) in mid-sync and started again; the server stays',
  ...{ short: { times: 2 }, long: { times: 100 }, isSeamless: false },
  play: ({ times }, say) =>
    onStage({}, async ({ postgres, nodes, target, settle }) => {
      const load = startLoad(target, () => nodes[0]?.origin ?? '')
      for (let time = 1; time <= times; time += 1) {
        await untilAcknowledged(load, between)
        await chance(200)
        await postgres.kill()
        await postgres.start()
        say(`${time} of ${times}`)
      }
      await untilAcknowledged(load, between)
      return settle(load, times)
    }),
}

export const stoppedServer: Scenario = {
  name: 'stopped-server',
  says: 'the server is asked to end (SIGTERM) under load and started again; what is under way is answered',
  ...{ short: { times: 2 }, long: { times: 50 }, isSeamless: false },
  play: ({ times }, say) =>
    onStage({}, async ({ nodes, target, settle }) => {
      const [node] = nodes
      const load = startLoad(target, () => node?.origin ?? '')
      const endings: string[] = []
      for (let time = 1; time <= times; time += 1) {
        await untilAcknowledged(load, between)
        endings.push((await node?.stop()) ?? '')
        await node?.start()
        say(`${time} of ${times}`)
      }
      await untilAcknowledged(load, between)
      const orderly = endings.filter((ending) => ending === 'exit code 0').length
      const result = await settle(load, times, [`${orderly} of ${times} ended with exit code 0`])
      return orderly === times ? result : { ...result, wrong: [...result.wrong, ...endings] }
    }),
}
