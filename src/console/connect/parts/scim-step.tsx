// Step: provisioning by SCIM, with the base URL and a token that is shown once.
import { provisioningScreenOf } from '#connections/sign-in/setup-screens.ts'
import { Alert } from '#http/ui/content.tsx'
import { ButtonForm, CopyField } from '../../ui/parts.tsx'
import type { StepProps } from './host.ts'
import { Screen } from './provider-step.tsx'

export const ScimStep = ({ host, facts, token }: StepProps & { token: string | undefined }) => {
  const { connection, directory } = facts
  if (directory === null) return null
  const screen = provisioningScreenOf(connection.preset, host.ctx.urls.scimBase(directory.id))
  const field = screen?.tokenField ?? 'Token'
  return (
    <>
      {screen === undefined ? (
        <CopyField id="scim-base" label="SCIM base URL" value={host.ctx.urls.scimBase(directory.id)} />
      ) : (
        <Screen screen={screen} id="scim" />
      )}
      {facts.waiting > 0 && host.isConsole ? (
        <p class="wizard-part">
          <a href={`/console/directories/${directory.id}#arrivals`}>
            See what the people who wait get, and let them in
          </a>
        </p>
      ) : null}
      {token === undefined ? (
        <div class="wizard-part">
          <ButtonForm
            action={`${host.base}/token#scim`}
            label={directory.liveTokens === 0 ? 'Make the token' : 'Make a new token'}
            kind={directory.liveTokens === 0 ? 'btn-primary' : ''}
          />
          {directory.liveTokens === 0 ? null : (
            <p class="field-hint">
              Older tokens go on working until they are revoked on the directory’s page, so that nothing is interrupted.
            </p>
          )}
        </div>
      ) : (
        <div class="wizard-part">
          <Alert kind="warning" title="This token is shown once">
            Copy it into the provider now. If it is lost, make a new one.
          </Alert>
          <CopyField id="scim-token" label={field} value={token} />
        </div>
      )}
    </>
  )
}
