// Before a connection's state changes: what will happen.
import type { StatusEffects } from '#access/sign-in/status-effects.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import type { FormState } from '#http/ui/form.tsx'
import { Confirm } from '../ui/confirm.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { changeLabels, effectsOf, type StatusChange } from './words.ts'

export type StatusPageProps = {
  frame: Frame
  connection: Connection
  effects: StatusEffects
  to: StatusChange
  state: FormState
}

/** What is to be typed; undefined where nobody is kept out by it. */
export const wordFor = (to: StatusChange, { name }: Pick<Connection, 'name'>): string | undefined =>
  to === 'disabled' ? name : undefined

export const StatusPage = ({ frame, connection, effects, to, state }: StatusPageProps) => {
  const address = `/console/connections/${connection.id}`
  return (
    <ConsolePage
      frame={frame}
      section="connections"
      title={`${changeLabels[to]}: ${connection.name}`}
      trail={[...sectionTrail('connections'), { label: connection.name, href: address }]}
    >
      <Confirm
        action={`${address}/status`}
        effects={effectsOf(to, effects)}
        fields={{ to }}
        word={wordFor(to, connection)}
        submit={changeLabels[to]}
        back={address}
        state={state}
      />
    </ConsolePage>
  )
}
