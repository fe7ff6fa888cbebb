// The pages of mappings: the table, a new one, and what the names of groups suggest.
import type { MappingRecord } from '#access/grants/mappings/mappings.ts'
import type { Suggestion } from '#access/grants/mappings/suggest.ts'
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import { Buttons, LinkButton, PrimaryLink, SubmitButton } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, PostForm, Refusal } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame, Manager } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { ButtonForm, namedOptions, Panel, Select } from '../ui/parts.tsx'

type Brand = { id: string; slug: string; name: string }

const Where = ({ brand, manager }: { brand: Brand | null; manager: Manager }) =>
  brand === null ? <span>{manager.organization.name}</span> : <a href={`/console/brands/${brand.id}`}>{brand.name}</a>

const Whose = ({ group, filter }: Pick<MappingRecord, 'group' | 'filter'>) =>
  group === null ? (
    <>
      Users that satisfy <code>{filter}</code>
    </>
  ) : (
    <a href={`/console/groups/${group.id}`}>{group.displayName}</a>
  )

export type MappingListProps = { frame: Frame; mappings: readonly MappingRecord[]; q: string; suggested: number }

export const MappingListPage = ({ frame, mappings, q, suggested }: MappingListProps) => {
  const mayWrite = isPermitted(frame.ctx, 'mappings.write')
  return (
    <ConsolePage
      frame={frame}
      section="mappings"
      title="Mappings"
      lead="Which group gives which role, and where. One rule holds for every member, now and later."
      actions={
        <>
          {mayWrite ? <PrimaryLink href="/console/mappings/new">New mapping</PrimaryLink> : null}
          <LinkButton href="/console/mappings/suggestions">
            {suggested === 0 ? 'Suggestions' : `Suggestions (${suggested})`}
          </LinkButton>
          {isPermitted(frame.ctx, 'audit.read') ? (
            <LinkButton href="/console/audit?action=mapping.">History</LinkButton>
          ) : null}
        </>
      }
    >
      <form method="get" class="filters">
        <div class="field is-search">
          <label class="form-label" for="q">
            Group, role or brand
          </label>
          <input class="form-control" type="search" id="q" name="q" value={q} />
        </div>
        <button type="submit" class="btn">
          Search
        </button>
      </form>
      {mappings.length > 0 ? (
        <Table
          caption="Mappings"
          columns={['Group or filter', 'Role', 'Where', 'Since', { label: 'Actions', isSilent: true }]}
          rows={mappings.map((mapping) => [
            <Whose {...mapping} />,
            <a href={`/console/roles/${mapping.role.id}`}>{mapping.role.name}</a>,
            <Where brand={mapping.brand} manager={frame.manager} />,
            <>
              <Time at={mapping.createdAt} />
              {mapping.pattern === null ? null : <div class="under">from {mapping.pattern}</div>}
            </>,
            mayWrite ? (
              <ButtonForm
                action={`/console/mappings/${mapping.id}/delete`}
                label={
                  <>
                    Delete…
                    <span class="visually-hidden">
                      {' '}
                      {mapping.group?.displayName ?? mapping.filter}, {mapping.role.name}
                    </span>
                  </>
                }
                kind="btn-sm"
              />
            ) : null,
          ])}
        />
      ) : (
        <EmptyState
          title={q === '' ? 'No group gives a role yet' : 'No mapping fits that'}
          text={
            q === ''
              ? 'Groups come from your identity provider. A mapping says what their members may do here.'
              : 'Try a part of the name of a group, a role or a brand.'
          }
        >
          {q === '' && mayWrite ? (
            <PrimaryLink href="/console/mappings/suggestions">See what the names of groups suggest</PrimaryLink>
          ) : null}
        </EmptyState>
      )}
    </ConsolePage>
  )
}

export type MappingFormProps = {
  frame: Frame
  state: FormState
  groups: readonly { id: string; displayName: string }[]
  roles: readonly RoleRecord[]
  brands: readonly Brand[]
}

export const NewMappingPage = ({ frame, state, groups, roles, brands }: MappingFormProps) => {
  const { values, errors } = state
  const isFilter = values['kind'] === 'filter'
  const targets = (prefix: string, isThis: boolean) => (
    <>
      <Select
        id={`${prefix}-roleId`}
        name="roleId"
        label="Role"
        empty="Choose a role"
        value={values['roleId']}
        error={isThis ? errors['roleId'] : undefined}
        options={roles.map(({ id, name, purpose }) => ({ value: id, label: `${name}: ${purpose}` }))}
      />
      <Select
        id={`${prefix}-brandId`}
        name="brandId"
        label="Where"
        empty={`In the organization (${frame.manager.organization.name})`}
        value={values['brandId']}
        options={namedOptions(brands)}
      />
    </>
  )
  return (
    <ConsolePage frame={frame} section="mappings" title="New mapping" trail={sectionTrail('mappings')}>
      <Refusal state={state} />
      <div class="columns">
        <Panel title="By group" lead="All members of the group get the role, and lose it when they leave the group.">
          <PostForm action="/console/mappings/preview" hidden={{ kind: 'group' }}>
            <Select
              name="groupId"
              label="Group"
              empty="Choose a group"
              value={values['groupId']}
              error={isFilter ? undefined : errors['groupId']}
              options={groups.map(({ id, displayName }) => ({ value: id, label: displayName }))}
            />
            {targets('group', !isFilter)}
            <Buttons submit="See who gains what" />
          </PostForm>
        </Panel>
        <Panel title="By attribute" lead="Everybody whose profile satisfies the filter gets the role.">
          <PostForm action="/console/mappings/preview" hidden={{ kind: 'filter' }}>
            <Field
              name="filter"
              label="SCIM filter"
              value={values['filter']}
              error={isFilter ? errors['filter'] : undefined}
              hint={
                <>
                  For example <code>title co "Counsel"</code> or{' '}
                  <code>urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Legal"</code>
                </>
              }
              maxlength={1_000}
            />
            {targets('filter', isFilter)}
            <Buttons submit="See who gains what" kind="secondary" />
          </PostForm>
        </Panel>
      </div>
    </ConsolePage>
  )
}

export type SuggestionsProps = {
  frame: Frame
  suggestions: readonly Suggestion[]
  pattern: string
  error: string | undefined
}

export const SuggestionsPage = ({ frame, suggestions, pattern, error }: SuggestionsProps) => {
  const mayWrite = isPermitted(frame.ctx, 'mappings.write')
  return (
    <ConsolePage
      frame={frame}
      section="mappings"
      title="Suggested mappings"
      lead="What the names of groups suggest. Nothing is mapped until you save it, and a group that is renamed later gains nothing."
      trail={sectionTrail('mappings')}
    >
      <form method="get" class="filters">
        <div class="field is-search">
          <label class="form-label" for="pattern">
            Pattern (optional)
          </label>
          <input
            class={error === undefined ? 'form-control' : 'form-control is-invalid'}
            id="pattern"
            name="pattern"
            value={pattern}
            placeholder="brand-{brand}-{role}"
            aria-describedby={error === undefined ? undefined : 'pattern-error'}
          />
          {error === undefined ? null : (
            <p class="field-error" id="pattern-error">
              {error}
            </p>
          )}
        </div>
        <button type="submit" class="btn">
          Look
        </button>
      </form>
      {suggestions.length === 0 ? (
        <EmptyState
          title="No name suggests anything that is not mapped yet"
          text="A name suggests a mapping where it holds a role and, if you like, a brand: Aurora Editors, or brand-aurora-editor with the pattern brand-{brand}-{role}."
        />
      ) : (
        <PostForm action="/console/mappings/suggestions" hidden={{ pattern }}>
          <Table
            caption="Suggested mappings"
            columns={['Group', 'Role', 'Where']}
            rows={suggestions.map((suggestion) => {
              const { group, role, brand } = suggestion
              return [
                mayWrite ? (
                  <Check
                    name={`m.${group.id}.${role.id}.${brand?.id ?? ''}`}
                    id={`m-${group.id}`}
                    label={group.displayName}
                    isChecked={suggestion.isWithinCeiling}
                    isDisabled={!suggestion.isWithinCeiling}
                    {...(suggestion.isWithinCeiling ? {} : { hint: 'This role goes beyond your own rights' })}
                  />
                ) : (
                  group.displayName
                ),
                role.name,
                <Where brand={brand} manager={frame.manager} />,
              ]
            })}
          />
          {mayWrite ? (
            <div class="actions after-table">
              <SubmitButton label="See who gains what" />
            </div>
          ) : null}
        </PostForm>
      )}
    </ConsolePage>
  )
}
