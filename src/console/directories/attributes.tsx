// Attributes that no standard describes: those that a directory has sent, as its discovery declares them, and those that were
// registered for it, whose type is what was said.
import { type Context, Hono } from 'hono'
import { attributeTypes, declareAttribute } from '#connections/directories/declare-attribute.ts'
import { type DirectoryRecord, getDirectory } from '#connections/directories/directories.ts'
import { type ExtensionAttribute, listExtensionAttributes } from '#directory/extension-attributes.ts'
import type { Form } from '#http/read-form.ts'
import { SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { filledForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, Panel, Select } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'

const path = '/console/directories'

/** @returns an app to be mounted at `/console/directories/:id/attributes` */
export function createAttributePages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => show(c, filledForm(c.req.query())))
  pages.post('/', (c) => {
    const directoryId = c.req.param('id') ?? ''
    return submit(c, { again: (state) => show(c, state) }, async (form) => {
      await declareAttribute(c.get('ctx'), { directoryId, ...attributeOf(form) })
      return `${path}/${directoryId}/attributes?done=saved`
    })
  })
  return pages
}

const attributeOf = (form: Form) => ({
  resource: (form['resource'] ?? '') as ExtensionAttribute['resource'],
  urn: (form['urn'] ?? '').trim(),
  name: (form['name'] ?? '').trim(),
  type: (form['type'] ?? '') as ExtensionAttribute['type'],
  multiValued: form['multiValued'] === 'on',
})

async function show(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, directoryId] = [frameOf(c), c.req.param('id') ?? '']
  const directory = await getDirectory(frame.ctx, directoryId)
  const attributes = await listExtensionAttributes(frame.ctx, directoryId)
  return renderForm(c, state, <AttributesPage {...{ frame, directory, attributes, state }} />)
}

type Props = {
  frame: Frame
  directory: DirectoryRecord
  attributes: readonly ExtensionAttribute[]
  state: FormState
}

const resources = { User: 'People', Group: 'Groups' } as const

const AttributesPage = ({ frame, directory, attributes, state }: Props) => {
  const mayWrite = isPermitted(frame.ctx, 'directories.write')
  return (
    <ConsolePage
      frame={frame}
      section="directories"
      title="Attributes of its own"
      lead={`What ${directory.name} sends beside the standard schemas. Filters, mappings and discovery know them by their type.`}
      trail={[...sectionTrail('directories'), { label: directory.name, href: `${path}/${directory.id}` }]}
    >
      {attributes.length === 0 ? (
        <EmptyState
          title="None yet"
          text="An attribute shows up here once the provider has sent it. Register it beforehand where its type matters from the first value on."
        />
      ) : (
        <Table
          caption="Attributes of its own"
          columns={['Attribute', 'Of', 'Type', 'Known by', ...(mayWrite ? [{ label: 'Actions', isSilent: true }] : [])]}
          rows={attributes.map((attribute) => [
            <>
              <code>{attribute.name}</code>
              <div class="under">{attribute.urn}</div>
            </>,
            resources[attribute.resource],
            attribute.multiValued ? `${attribute.type}, several` : attribute.type,
            attribute.isGiven ? <Badge tone="good">Registered</Badge> : <Badge tone="quiet">What was sent</Badge>,
            ...(mayWrite ? [<ChangeLink {...{ directory, attribute }} />] : []),
          ])}
        />
      )}
      <div class="after-table" />
      {mayWrite ? <Register {...{ directory, state }} /> : null}
    </ConsolePage>
  )
}

const ChangeLink = ({ directory, attribute }: { directory: DirectoryRecord; attribute: ExtensionAttribute }) => {
  const { resource, urn, name, type, multiValued } = attribute
  const query = new URLSearchParams({ resource, urn, name, type, ...(multiValued ? { multiValued: 'on' } : {}) })
  return (
    <SmallLink href={`${path}/${directory.id}/attributes?${query}#register`}>
      {attribute.isGiven ? 'Change its type' : 'Say its type'}
      <span class="visually-hidden"> ({name})</span>
    </SmallLink>
  )
}

const Register = ({ directory, state }: Pick<Props, 'directory' | 'state'>) => (
  <Panel
    title="Register an attribute"
    id="register"
    lead="From then on its type is what is said here, whatever is sent, for what is there already, too. This cannot be undone, only changed."
  >
    <PostForm
      action={`${path}/${directory.id}/attributes#register`}
      state={state}
      autocomplete="off"
      class="narrow-form"
    >
      <Select
        {...field(state, 'resource')}
        label="Of"
        options={Object.entries(resources).map(([value, label]) => ({ value, label }))}
      />
      <Field
        {...field(state, 'urn')}
        label="URN of the extension"
        placeholder="urn:example:params:scim:schemas:badge:2.0:User"
        maxlength={256}
      />
      <Field
        {...field(state, 'name')}
        label="Name"
        hint="A sub-attribute with a point between: door.front."
        maxlength={128}
      />
      <Select
        {...field(state, 'type')}
        label="Type"
        options={attributeTypes.map((type) => ({ value: type, label: type }))}
      />
      <Check name="multiValued" label="It has several values" isChecked={state.values['multiValued'] === 'on'} />
      <SubmitButton label="Register it" kind="secondary" />
    </PostForm>
  </Panel>
)
