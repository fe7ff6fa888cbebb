// Policies: rules that take a permission away, and the two policies of the organization that say how roles are read.
import { type Context, Hono } from 'hono'
import { listPermissions } from '#access/decisions/catalogue.ts'
import { listBrands } from '#access/grants/brands/brands.ts'
import { listPolicies, type PolicyRecord } from '#access/grants/policies/policies.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { getOrganization } from '#access/organizations/organizations.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons, LinkButton } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm, Refusal } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'
import { isPermitted } from '#src/context.ts'
import { showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { chosen, emptyForm, textOf } from '../ui/forms.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { ButtonForm, namedOptions, Panel, Select } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'

/** @returns an app to be mounted at `/console/policies` */
export function createPolicies(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  const own = { section: 'policies', next: '/console/policies', back: '/console/policies' } as const

  pages.get('/', (c) => showPolicies(c, emptyForm))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showPolicies(c, state) }, (form) => {
      const policy = {
        ...{ name: form['name'] ?? '', permission: form['permission'] ?? '' },
        ...{ brandId: textOf(form, 'brandId') ?? null, exceptRoleIds: chosen(form, 'except') },
      }
      const change = { kind: 'create_policy', policy } as const
      return showPreview(c, { ...own, title: `New policy: ${policy.name}`, change })
    }),
  )

  pages.post('/reading', async (c) => {
    const form = await readForm(c)
    const organization = {
      roleStrategy: form['roleStrategy'] === 'highest' ? 'highest' : 'union',
      administratorBrandAccess: form['administratorBrandAccess'] === 'implicit' ? 'implicit' : 'explicit',
      secondPerson: form['secondPerson'] === 'privileged' ? 'privileged' : 'never',
    } as const
    return showPreview(c, {
      ...own,
      title: 'How roles are read',
      change: { kind: 'update_organization', organization },
    })
  })

  pages.post('/:id/delete', async (c) => {
    const policy = (await listPolicies(c.get('ctx'))).find(({ id }) => id === c.req.param('id'))
    const change = { kind: 'delete_policy', policyId: c.req.param('id') } as const
    return showPreview(c, { ...own, title: `Delete the policy ${policy?.name ?? ''}`, change })
  })
  return pages
}

async function showPolicies(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const mayWrite = isPermitted(frame.ctx, 'roles.write')
  const [policies, roles, brands, catalogue] = await Promise.all([
    ...([listPolicies(frame.ctx), listRoles(frame.ctx), listBrands(frame.ctx), listPermissions(frame.ctx)] as const),
  ])
  const organization = isPermitted(frame.ctx, 'organization.read')
    ? await getOrganization(frame.ctx, frame.ctx.organizationId)
    : undefined
  const { values } = state
  const page = (
    <ConsolePage
      frame={frame}
      section="policies"
      title="Policies"
      lead="Rules that hold whatever roles say: the most restrictive one wins."
      actions={<LinkButton href="/console/separation">Separation of duties</LinkButton>}
    >
      {policies.length === 0 ? (
        <EmptyState
          title="No policy takes anything away"
          text="A policy denies one permission to everybody but the holders of some roles, for example: only administrators approve."
        />
      ) : (
        <PolicyTable {...{ policies, mayWrite }} organizationName={frame.manager.organization.name} />
      )}
      {!mayWrite ? null : (
        <Panel title="New policy" id="new">
          <Refusal state={state} />
          <PostForm action="/console/policies">
            <Field {...field(state, 'name')} label="Name" maxlength={200} />
            <Select
              {...field(state, 'permission')}
              label="Nobody may"
              options={catalogue.map((entry) => ({ value: entry.name, label: `${entry.description} (${entry.name})` }))}
            />
            <Select
              name="brandId"
              label="Where"
              empty="Everywhere"
              value={values['brandId']}
              options={namedOptions(brands)}
            />
            <fieldset>
              <legend>But holders of</legend>
              {roles.map(({ id, name }) => (
                <Check
                  name={`except.${id}`}
                  id={`except-${id}`}
                  label={name}
                  isChecked={values[`except.${id}`] !== undefined}
                />
              ))}
            </fieldset>
            <Buttons submit="See what changes" />
          </PostForm>
        </Panel>
      )}
      {organization === undefined ? null : (
        <Panel title="How roles are read" id="reading">
          <PostForm action="/console/policies/reading">
            <Choice
              name="roleStrategy"
              legend="Somebody with several roles in one place"
              value={organization.roleStrategy}
              options={[
                { value: 'union', label: 'may do what any of them allows' },
                { value: 'highest', label: 'may do what the highest of them allows' },
              ]}
            />
            <Choice
              name="administratorBrandAccess"
              legend="Administrators without a membership in a brand"
              value={organization.administratorBrandAccess}
              options={[
                { value: 'explicit', label: 'have no access there until somebody gives it to them' },
                { value: 'implicit', label: 'have access there as administrators; every decision says so' },
              ]}
            />
            <Choice
              name="secondPerson"
              legend="Rights over other people’s access"
              value={organization.secondPerson}
              options={[
                { value: 'never', label: 'are given by whoever may' },
                { value: 'privileged', label: 'are given by drafts alone that a second person has approved' },
              ]}
            />
            {isPermitted(frame.ctx, 'organization.write') ? (
              <Buttons submit="See what changes" kind="secondary" />
            ) : null}
          </PostForm>
        </Panel>
      )}
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

const PolicyTable = (props: { policies: readonly PolicyRecord[]; mayWrite: boolean; organizationName: string }) => (
  <Table
    caption="Policies"
    columns={['Policy', 'Nobody may', 'Where', 'But', { label: 'Actions', isSilent: true }]}
    rows={props.policies.map(({ id, name, permission, brand, exceptRoles }) => [
      name,
      <code>{permission}</code>,
      brand?.name ?? 'Everywhere',
      exceptRoles.length === 0 ? 'No exception' : exceptRoles.map((role) => role.name).join(', '),
      props.mayWrite ? (
        <ButtonForm
          action={`/console/policies/${id}/delete`}
          label={
            <>
              Delete…<span class="visually-hidden"> {name}</span>
            </>
          }
          kind="btn-sm"
        />
      ) : null,
    ])}
  />
)
