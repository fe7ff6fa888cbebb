// What an API key or a machine may do: the fields of the form, what they come to, and how a list says it.

import { permissionCatalogue } from '#access/decisions/permissions.ts'
import type { BrandRecord } from '#access/grants/brands/brands.ts'
import type { KeyScope } from '#access/grants/managers/key-scope.ts'
import { managing } from '#access/grants/managers/management.ts'
import type { ApiKeyRecord, issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import type { Form } from '#http/read-form.ts'
import { type FormState, field } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'
import { endOfDay } from '../ui/forms.ts'
import { namedOptions, Select } from '../ui/parts.tsx'

/** The key that a form asks for. */
export function wantedKey(form: Form): Parameters<typeof issueApiKey>[1] {
  const expiresAt = endOfDay(form, 'expiresAt')
  return { name: form['name'] ?? '', ...wantedScope(form), ...(expiresAt === undefined ? {} : { expiresAt }) }
}

/** @param before what it may do already, where the form cannot show all of that */
export function wantedScope(form: Form, before?: KeyScope): KeyScope {
  const access = accesses.find(({ value }) => value === form['access'])?.value ?? 'decisions'
  const chosen: string[] = managing.filter((name) => form[`permission.${name}`] === 'on')
  const ranges = (form['addressRanges'] ?? '').split(/[\s,;]+/).filter((range) => range !== '')
  const brandIds = (form['brandId'] ?? '') === '' ? null : [form['brandId'] ?? '']
  return {
    ...{ access, addressRanges: ranges },
    permissions: access === 'permissions' ? [...chosen, ...unlisted(before)] : null,
    brandIds: form['brandId'] === severalBrands ? (before?.brandIds ?? null) : brandIds,
  }
}

const severalBrands = 'several'

/** Permissions that no form offers, which are about the host's own things. */
const unlisted = (scope: KeyScope | undefined): string[] =>
  (scope?.permissions ?? []).filter((name) => !managing.some((offered) => offered === name))

/** The values by which the form shows it. */
export const scopeValues = (scope: KeyScope): Record<string, string> => ({
  access: scope.access,
  ...Object.fromEntries((scope.permissions ?? []).map((name) => [`permission.${name}`, 'on'])),
  brandId: scope.brandIds !== null && scope.brandIds.length > 1 ? severalBrands : (scope.brandIds?.[0] ?? ''),
  addressRanges: scope.addressRanges?.join(', ') ?? '',
})

const accesses = [
  { value: 'decisions', label: 'Ask what people may do', hint: 'All that a host product needs at run time.' },
  { value: 'permissions', label: 'What I choose below', hint: 'For programs that manage people or settings.' },
  { value: 'everything', label: 'Everything', hint: 'For whoever runs this organization by programs.' },
] as const

export const reachWords = ({ access, permissions, brandIds }: KeyScope): string => {
  const what =
    access === 'permissions' ? (permissions ?? []).join(', ') : access === 'decisions' ? 'Decisions' : 'Everything'
  return brandIds === null ? what : `${what} in ${brandIds.length === 1 ? 'one brand' : `${brandIds.length} brands`}`
}

export const unboundedWords = (keys: readonly ApiKeyRecord[]): string =>
  keys.length === 1 ? 'One key may do everything' : `${keys.length} keys may do everything`

export const ScopeFields = ({ state, brands }: { state: FormState; brands: readonly BrandRecord[] }) => (
  <>
    <Choice name="access" legend="What it may do" value={state.values['access']} options={accesses} />
    <fieldset>
      <legend>Permissions, where you choose them</legend>
      {state.errors['permissions'] === undefined ? null : <p class="field-error">{state.errors['permissions']}</p>}
      {managing.map((name) => (
        <Check
          name={`permission.${name}`}
          label={name}
          hint={permissionCatalogue.find((entry) => entry.name === name)?.description}
          isChecked={state.values[`permission.${name}`] === 'on'}
        />
      ))}
    </fieldset>
    {brands.length === 0 ? null : (
      <Select
        name="brandId"
        label="Where"
        value={state.values['brandId'] ?? ''}
        error={state.errors['brandIds']}
        options={[
          { value: '', label: 'In the whole organization' },
          ...(state.values['brandId'] === severalBrands
            ? [{ value: severalBrands, label: 'In several brands, as now' }]
            : []),
          ...namedOptions(brands),
        ]}
      />
    )}
    <Field
      {...field(state, 'addressRanges')}
      label="Good from these addresses"
      placeholder="192.0.2.0/24"
      hint="Separated by commas. Left empty, from anywhere."
      maxlength={2000}
      isOptional
    />
  </>
)
