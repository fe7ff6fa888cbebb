// Step: the organization's e-mail domains, proven by DNS.
import { type DomainRecord, txtRecordOf } from '#connections/domains/domains.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { ButtonForm, CopyField } from '../../ui/parts.tsx'
import type { StepProps } from './host.ts'

export const DomainStep = ({ host, facts, state }: StepProps) => {
  const waiting = facts.domains.filter(({ status }) => status !== 'verified')
  return (
    <>
      {waiting.map((domain) => (
        <PendingDomain domain={domain} base={host.base} />
      ))}
      {host.domains === null ? <AnyDomain {...{ host, facts, state }} /> : <GivenDomains {...{ host, facts }} />}
    </>
  )
}

/** Behind a setup link: the domains that it was given, and no others. */
const GivenDomains = ({ host, facts }: Pick<StepProps, 'host' | 'facts'>) => {
  const left = (host.domains ?? []).filter((name) => !facts.domains.some((domain) => domain.name === name))
  return (
    <>
      {host.domains?.length === 0 ? (
        <p>No domain goes with this link. If people shall be found by their addresses, tell whoever sent it to you.</p>
      ) : null}
      {left.map((name) => (
        <PostForm action={`${host.base}/domains#domain`} hidden={{ name }}>
          <SubmitButton label={`Prove ${name}`} />
        </PostForm>
      ))}
    </>
  )
}

const AnyDomain = ({ host, facts, state }: StepProps) => (
  <PostForm action={`${host.base}/domains#domain`} state={state} class="narrow-form">
    <Field
      {...field(state, 'name')}
      label={facts.domains.length === 0 ? 'The domain of your e-mail addresses' : 'Another domain'}
      placeholder="example.com"
      maxlength={253}
    />
    <SubmitButton label="Add the domain" kind={facts.domains.length === 0 ? 'primary' : 'secondary'} />
  </PostForm>
)

const PendingDomain = ({ domain, base }: { domain: DomainRecord; base: string }) => {
  const record = txtRecordOf(domain)
  return (
    <div class="wizard-part">
      <h3>{domain.name}</h3>
      <p>Have this TXT record added to the DNS of {domain.name}. It may take a few minutes until it is seen.</p>
      <CopyField id={`${domain.id}-name`} label="Name of the TXT record" value={record.name} />
      <CopyField id={`${domain.id}-value`} label="Its value" value={record.value} />
      <ButtonForm
        action={`${base}/domains/${domain.id}/check`}
        label={
          <>
            Check the record<span class="visually-hidden"> of {domain.name}</span>
          </>
        }
        kind="btn-primary"
      />
    </div>
  )
}
