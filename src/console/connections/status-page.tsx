// Before a connection's state changes: what will happen.
import type { StatusEffects } from '#access/sign-in/status-effects.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { Alert } from '#http/ui/content.tsx'
import { Actions, Field, SubmitButton } from '#http/ui/forms.tsx'
import type { CallContext } from '#src/context.ts'
import type { Manager } from '../env.ts'
import type { FormState } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { changeLabels, effectsOf, type StatusChange } from './words.ts'

export type StatusPageProps = {
  ctx: CallContext
  manager: Manager
  connection: Connection
  effects: StatusEffects
  to: StatusChange
  state: FormState
}

export const StatusPage = ({ ctx, manager, connection, effects, to, state }: StatusPageProps) => {
  const address = `/console/connections/${connection.id}`
  return (
    <ConsolePage
      {...{ ctx, manager }}
      section="connections"
      title={`${changeLabels[to]}: ${connection.name}`}
      trail={[...sectionTrail('connections'), { label: connection.name, href: address }]}
    >
      <Panel title="What will happen">
        {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
        <ul>
          {effectsOf(to, effects).map((sentence) => (
            <li>{sentence}</li>
          ))}
        </ul>
        <form method="post" action={`${address}/status`}>
          <input type="hidden" name="to" value={to} />
          {to === 'disabled' ? (
            <Field
              name="confirm"
              label={`To switch it off, type its name: ${connection.name}`}
              error={state.errors['confirm']}
              value={state.values['confirm']}
              autocomplete="off"
            />
          ) : null}
          <Actions>
            <SubmitButton label={changeLabels[to]} kind={to === 'disabled' ? 'danger' : 'primary'} />
            <a class="btn" href={address}>
              Leave it as it is
            </a>
          </Actions>
        </form>
      </Panel>
    </ConsolePage>
  )
}
