// The wizard's one page: all steps of a provider below each other, each with how far it is and what to do in it.

import { presets } from '#connections/providers/providers.ts'
import { mayChooseAgain } from '#connections/setup-links/choose-again.ts'
import type { SetupFacts } from '#connections/setup-links/setup-facts.ts'
import { isConfigured } from '#connections/sign-in/connections.ts'
import { LinkButton, PrimaryLink, SmallLink } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { ButtonForm } from '../ui/parts.tsx'
import { Overview, Progress, StepState } from './live.tsx'
import { DomainStep } from './parts/domain-step.tsx'
import type { StepProps, WizardHost } from './parts/host.ts'
import { ProviderStep } from './parts/provider-step.tsx'
import { ScimStep } from './parts/scim-step.tsx'
import { type Step, type StepKey, stepsOf } from './steps.ts'

/** A form of one step that came back, or its secret that is shown this once. */
export type Shown = { form?: { step: StepKey; state: FormState } | undefined; token?: string | undefined }

export type WizardProps = {
  host: WizardHost
  facts: SetupFacts
  shown: Shown
}

export const wizardPage = ({ host, facts, shown }: WizardProps) => {
  const { connection } = facts
  const steps = stepsOf(facts, { now: host.ctx.clock.now(), isConsole: host.isConsole })
  const protocol = connection.type === 'saml' ? 'SAML' : 'OpenID Connect'
  return host.page({
    title: `Connect ${presets[connection.preset].title === connection.name ? connection.name : `“${connection.name}”`}`,
    lead: `${presets[connection.preset].title} by ${protocol}. Each step ticks itself as soon as it is done; you can leave and come back.`,
    children: (
      <div hx-ext="sse" sse-connect={`${host.base}/events`} sse-close="end">
        <section class="panel" aria-labelledby="overview-title">
          <div class="panel-head">
            <h2 id="overview-title">How far it is</h2>
            <span class="panel-links">
              {mayChooseAgain(connection) ? (
                <SmallLink href={`${host.base}/choice`}>Choose another provider</SmallLink>
              ) : null}{' '}
              <SmallLink href={host.base}>Check again</SmallLink>
            </span>
          </div>
          <p class="wizard-progress" role="status" sse-swap="progress">
            <Progress steps={steps} />
          </p>
          <div sse-swap="overview">
            <Overview steps={steps} base={host.base} />
          </div>
        </section>
        {steps.map((step, index) => (
          <StepPanel step={step} number={index + 1} refusal={refusalOf(shown, step.key)}>
            <Body {...{ host, facts, shown, step }} />
          </StepPanel>
        ))}
      </div>
    ),
  })
}

/** What was refused just now, said where the browser goes to: the field itself may be a screen further down. */
function refusalOf({ form }: Shown, step: StepKey): string | undefined {
  if (form?.step !== step) return undefined
  return form.state.message ?? Object.values(form.state.errors)[0]
}

type StepPanelProps = { step: Step; number: number; refusal: string | undefined; children: unknown }

const StepPanel = ({ step, number, refusal, children }: StepPanelProps) => (
  <section class="panel wizard-step" id={step.key} aria-labelledby={`${step.key}-title`}>
    <div class="panel-head">
      <h2 id={`${step.key}-title`}>
        {number}. {step.title}
      </h2>
    </div>
    {refusal === undefined ? (
      <div sse-swap={`step-${step.key}`}>
        <StepState step={step} />
      </div>
    ) : (
      <Alert kind="danger" title={refusal} />
    )}
    {children as never}
  </section>
)

const Body = ({ host, facts, shown, step }: WizardProps & { step: Step }) => {
  // What concerns no single field stands above already.
  const state = shown.form?.step === step.key ? { ...shown.form.state, message: undefined } : undefined
  const props = { host, facts, state }
  if (step.key === 'domain') return <DomainStep {...props} />
  if (step.key === 'provider') return <ProviderStep {...props} />
  if (step.key === 'scim') return <ScimStep {...props} token={shown.token} />
  if (step.key === 'test') return <TestStep {...props} />
  if (step.key === 'mappings') return <MappingsStep />
  return <OnStep {...props} />
}

const TestStep = ({ host, facts }: StepProps) => (
  <>
    <p>
      Sign in as somebody of your own company. It opens the real sign-in in another tab and then shows what was received
      {host.isConsole ? ' and what the person would become' : ''}. Nobody is signed in and nothing is changed.
    </p>
    {isConfigured(facts.connection) ? (
      <PostForm action={`${host.base}/test`} target="_blank" rel="noopener">
        <button type="submit" class="btn btn-primary">
          Try a sign-in
        </button>
      </PostForm>
    ) : (
      <p class="text-secondary">The provider has to be connected first.</p>
    )}
  </>
)

const MappingsStep = () => (
  <>
    <p>
      Rolecall looks for names of roles and brands in the names of groups and suggests what fits. Nothing is given
      before you have seen who would gain what.
    </p>
    <PrimaryLink href="/console/mappings/suggestions">See what the names of groups suggest</PrimaryLink>
  </>
)

const OnStep = ({ host, facts }: StepProps) => {
  const { status } = facts.connection
  return (
    <>
      <p>
        First let people sign in through it beside what there is. Once that works for everybody, enforce it: passwords
        then open nothing but the emergency accounts, and sessions that a password opened end.
      </p>
      <div class="actions">
        {status === 'optional' || status === 'enforced' ? null : (
          <ButtonForm
            action={`${host.base}/status`}
            label="Let people sign in through it"
            kind="btn-primary"
            fields={{ status: 'optional' }}
          />
        )}
        {status === 'enforced' ? null : (
          <ButtonForm action={`${host.base}/status`} label="Enforce it" fields={{ status: 'enforced' }} />
        )}
        <LinkButton href={`/console/connections/${facts.connection.id}`}>The connection’s page</LinkButton>
      </div>
    </>
  )
}
