// Inviting one person: the form, and the review before anything is sent.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import type { GuestTerms } from '#access/grants/assignments/guests.ts'
import { canBeSent, type InvitationPreview } from '#access/invitations/preview-invitation.ts'
import type { Form } from '#http/read-form.ts'
import { Actions, Buttons, LinkButton, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, Facts } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { BrandRoles } from '../ui/brand-roles.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel, Select, TextArea } from '../ui/parts.tsx'
import type { RoleChoices } from '../ui/role-choices.ts'
import { RolePurposes } from '../ui/role-purposes.tsx'
import { SpecialPermission } from './special-permission.tsx'

type InviteFormProps = {
  frame: Frame
  state: FormState
  choices: RoleChoices
  terms: GuestTerms
  catalogue: readonly CatalogueEntry[]
}

export const InviteFormPage = ({ frame, state, choices, terms, catalogue }: InviteFormProps) => {
  return (
    <ConsolePage
      frame={frame}
      section="invitations"
      title="Invite somebody"
      lead="They get a mail with a link for them alone, and choose themselves how they sign in."
      trail={sectionTrail('invitations')}
      actions={<LinkButton href="/console/invitations/bulk">Invite many</LinkButton>}
    >
      <PostForm action="/console/invitations/new" state={state} class="panel">
        <div class="form-grid">
          <Field {...field(state, 'email')} label="E-mail address" type="email" autocomplete="off" hasFocus />
        </div>
        <div class="form-grid">
          <Field {...field(state, 'givenName')} label="First name" autocomplete="off" isOptional />
          <Field {...field(state, 'familyName')} label="Last name" autocomplete="off" isOptional />
        </div>
        <SharedFields {...{ state, choices, terms }} organization={frame.manager.organization.name} />
        <SpecialPermission {...{ state, choices, catalogue }} organization={frame.manager.organization.name} />
        <Buttons submit="Review" back="/console/invitations" />
        <RolePurposes choices={choices} />
      </PostForm>
    </ConsolePage>
  )
}

type SharedProps = { state: FormState; choices: RoleChoices; terms: GuestTerms; organization: string }

/** What is the same for one person and for many. */
export const SharedFields = ({ state, choices, terms, organization }: SharedProps) => (
  <>
    {choices.hasOrganization ? (
      <Select
        {...field(state, 'roleId')}
        label={`Role in ${organization}`}
        empty="None"
        options={choices.roles}
        hint="What they may do where no brand is concerned. In a brand, a role there takes its place."
      />
    ) : state.errors['roleId'] === undefined ? null : (
      <Alert kind="danger" title="Choose a role in a brand" />
    )}
    <BrandRoles choices={choices} values={state.values} />
    <div class="form-grid after-table">
      <Field
        {...field(state, 'expiresAt')}
        label="Until"
        type="date"
        hint={
          terms.maxDays === null
            ? 'When what they get ends. For people from outside, choose one.'
            : `When what they get ends. People from outside need a date, ${terms.maxDays} days ahead at most.`
        }
        isOptional
      />
      <Field {...field(state, 'days')} label="The link is good for days" type="number" isOptional />
    </div>
    <TextArea
      {...field(state, 'note')}
      label="A few words of your own"
      hint="They are in the mail."
      maxlength={1_000}
      isOptional
    />
  </>
)

/** What the form said, once more, for the step after it. */
export const carried = (form: Form): Form =>
  Object.fromEntries(Object.entries(form).filter(([name, value]) => name !== 'step' && value !== ''))

export const StepButtons = ({ send, isReady }: { send: string; isReady: boolean }) => (
  <Actions>
    {isReady ? <SubmitButton label={send} name="step" value="send" /> : null}
    <SubmitButton label="Change something" kind="secondary" name="step" value="back" />
    <LinkButton href="/console/invitations">Cancel</LinkButton>
  </Actions>
)

type ReviewProps = { frame: Frame; form: Form; preview: InvitationPreview }

export const InviteReviewPage = ({ frame, form, preview }: ReviewProps) => {
  const { email, displayName, person, roles, overrides, days, expiresAt, warnings } = preview
  return (
    <ConsolePage
      frame={frame}
      section="invitations"
      title={`Invite ${displayName ?? email}`}
      lead="Nothing is sent yet. This is what they will get."
      trail={sectionTrail('invitations')}
    >
      {person === 'exists' ? (
        <Alert kind="danger" title="A person with this address is here already">
          Give them a role instead:{' '}
          <a href={`/console/users?q=${encodeURIComponent(email)}`}>find them among the users</a>.
        </Alert>
      ) : null}
      {person === 'waiting' ? (
        <Alert kind="danger" title="This person waits to be let in">
          They came with a directory or a first sign-in:{' '}
          <a href={`/console/users?q=${encodeURIComponent(email)}`}>look at them</a> and let them in instead.
        </Alert>
      ) : null}
      {person === 'invited' ? (
        <Alert kind="info" title="They are invited already">
          To the same roles they get a new link, and the old one is void.
        </Alert>
      ) : null}
      {warnings.map(({ message }) => (
        <Alert kind="warning" title={message} />
      ))}
      <div class="panel">
        <Facts
          facts={[
            { term: 'Goes to', value: email },
            { term: 'The link is good for', value: `${days} ${days === 1 ? 'day' : 'days'}` },
            { term: 'What they get ends', value: <Time at={expiresAt} empty="Never" /> },
            ...((form['note'] ?? '') === '' ? [] : [{ term: 'Your words', value: form['note'] }]),
          ]}
        />
      </div>
      <Panel title="What they will hold">
        <dl class="facts">
          {roles.map(({ role, brand }) => (
            <div>
              <dt>{brand?.name ?? frame.manager.organization.name}</dt>
              <dd>
                {role.name}
                <div class="under">{role.purpose}</div>
              </dd>
            </div>
          ))}
          {overrides.map(({ permission, effect, brand }) => (
            <div>
              <dt>{brand?.name ?? frame.manager.organization.name}</dt>
              <dd>
                {effect === 'allow' ? 'May' : 'May not'} <code>{permission}</code>
                <div class="under">An override for this person alone</div>
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
      <PostForm action="/console/invitations/new" hidden={carried(form)}>
        <StepButtons send="Send the invitation" isReady={canBeSent(preview)} />
      </PostForm>
    </ConsolePage>
  )
}
