// Before a connection's state changes: what will happen.
import type { StatusEffects } from '#access/sign-in/status-effects.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import type { DiscoveryDocument } from '#connections/sign-in/discovery.ts'
import { Alert, Facts } from '#http/ui/content.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import { Confirm } from '../ui/confirm.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { changeLabels, effectsOf, type StatusChange } from './words.ts'

export type StatusPageProps = {
  frame: Frame
  connection: Connection
  effects: StatusEffects
  to: StatusChange
  state: FormState
  /** What an OpenID provider says of itself, or why that cannot be gone by; undefined where it does not matter. */
  provider: DiscoveryDocument | AppError | undefined
}

/** What is to be typed; undefined where nobody is kept out by it. */
export const wordFor = (to: StatusChange, { name }: Pick<Connection, 'name'>): string | undefined =>
  to === 'disabled' ? name : undefined

export const StatusPage = ({ frame, connection, effects, to, state, provider }: StatusPageProps) => {
  const address = `/console/connections/${connection.id}`
  return (
    <ConsolePage
      frame={frame}
      section="connections"
      title={`${changeLabels[to]}: ${connection.name}`}
      trail={[...sectionTrail('connections'), { label: connection.name, href: address }]}
    >
      {provider === undefined ? null : <Provider provider={provider} />}
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

const Provider = ({ provider }: { provider: DiscoveryDocument | AppError }) => {
  if (provider instanceof AppError)
    return (
      <Alert kind="danger" title="The provider cannot be found by its issuer">
        {provider.message}.
      </Alert>
    )
  const { issuer, authorization_endpoint: signIn, token_endpoint: token, jwks_uri: keys } = provider
  return (
    <Panel title="What the provider says of itself">
      <Facts
        facts={[
          { term: 'Issuer', value: <code>{issuer}</code> },
          { term: 'People sign in at', value: <code>{signIn}</code> },
          { term: 'Tokens come from', value: <code>{token}</code> },
          { term: 'Its keys are at', value: <code>{keys}</code> },
        ]}
      />
    </Panel>
  )
}
