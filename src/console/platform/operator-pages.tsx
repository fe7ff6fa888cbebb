// Who runs the installation.
import { type Context, Hono } from 'hono'
import { addOperator, listOperators, operatorRoles, removeOperator } from '#access/platform/operators/operators.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { emptyForm } from '../ui/forms.ts'
import { ButtonForm, Panel, Select } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

const path = '/platform/operators'

const roleWords = { reader: 'Reader: looks', administrator: 'Administrator: changes things, too' } as const

export function createOperatorPages(): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/operators', (c) => showOperators(c, emptyForm))
  pages.post('/operators', (c) =>
    submit(c, { again: (state) => showOperators(c, state) }, async (form) => {
      const role = operatorRoles.find((each) => each === form['role']) ?? 'reader'
      const [own] = await listOperators(c.get('ctx'))
      await addOperator(c.get('ctx'), { organization: own?.organizationId ?? '', user: form['user'] ?? '', role })
      return `${path}?done=saved`
    }),
  )
  pages.post('/operators/:id/remove', async (c) => {
    await removeOperator(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${path}?done=saved`, 303)
  })
  return pages
}

async function showOperators(c: Context<PlatformEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const operators = frame.mayChange ? await listOperators(frame.ctx) : []
  const page = (
    <PlatformPage
      frame={frame}
      section="operators"
      title="Operators"
      lead="They run the installation. All of them are people of your organization."
    >
      {operators.length === 0 ? (
        <EmptyState
          title="Only administrators see operators"
          text="Ask one of them to change who runs the installation."
        />
      ) : (
        <Table
          caption="Operators"
          columns={['Name', 'Role', 'Since', { label: 'Actions', isSilent: true }]}
          rows={operators.map(({ userId, name, role, addedAt }) => [
            name,
            roleWords[role],
            <Time at={addedAt} />,
            userId === frame.ctx.actor.id ? (
              'You'
            ) : (
              <ButtonForm action={`${path}/${userId}/remove`} label={`Remove ${name}`} />
            ),
          ])}
        />
      )}
      {frame.mayChange ? (
        <Panel title="Add an operator" id="add">
          <PostForm action={path} state={state}>
            <Field
              {...field(state, 'user')}
              label="User name"
              hint="Of somebody in your organization"
              maxlength={320}
            />
            <Select
              name="role"
              label="Role"
              options={operatorRoles.map((value) => ({ value, label: roleWords[value] }))}
              value={state.values['role'] ?? 'reader'}
            />
            <Buttons submit="Add the operator" />
          </PostForm>
        </Panel>
      ) : null}
    </PlatformPage>
  )
  return renderForm(c, state, page)
}
