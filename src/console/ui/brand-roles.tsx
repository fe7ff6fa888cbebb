// A role for each of several brands: a table with a choice in every row.
import type { Form } from '#http/read-form.ts'
import type { RoleChoices } from './role-choices.ts'

/** A form has no room for more rows; with more brands, roles are given afterwards. */
const mostRows = 100

export const BrandRoles = ({ choices, values }: { choices: RoleChoices; values: Form }) => {
  if (choices.brands.length === 0) return null
  const chosen = choices.brands.filter(({ value }) => (values[`brand.${value}`] ?? '') !== '').length
  const shown = choices.brands.slice(0, mostRows)
  return (
    <details class="more-filters" open={chosen > 0 || choices.brands.length <= 8}>
      <summary>Roles in brands{chosen === 0 ? '' : `: ${chosen} chosen`}</summary>
      <div class="brand-roles table-responsive">
        <table class="table table-vcenter">
          <caption class="visually-hidden">Roles in brands</caption>
          <thead>
            <tr>
              <th scope="col">Brand</th>
              <th scope="col">Role there</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ value, label }) => (
              <tr>
                <th scope="row">
                  <label for={`brand.${value}`}>{label}</label>
                </th>
                <td>
                  <select class="form-select" id={`brand.${value}`} name={`brand.${value}`}>
                    <option value="">None</option>
                    {choices.roles.map((role) => (
                      <option value={role.value} selected={values[`brand.${value}`] === role.value}>
                        {role.label}
                      </option>
                    ))}
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {choices.brands.length > shown.length ? (
        <p class="field-hint">
          The first {shown.length} of {choices.brands.length} brands; roles in others are given afterwards.
        </p>
      ) : null}
    </details>
  )
}

/** What the table says, as the verbs take it. */
export const brandRolesOf = (form: Form): { brandId: string; roleId: string }[] =>
  Object.entries(form).flatMap(([name, roleId]) =>
    name.startsWith('brand.') && roleId !== undefined && roleId !== ''
      ? [{ brandId: name.slice('brand.'.length), roleId }]
      : [],
  )
