// The name of a brand, and its end.
import type { BrandRecord } from '#access/grants/brands/brands.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { ButtonForm, Panel } from '../ui/parts.tsx'

type FormPageProps = { frame: Frame; brand: BrandRecord | undefined; state: FormState }

export const BrandFormPage = ({ frame, brand, state }: FormPageProps) => {
  const path = brand === undefined ? '/console/brands' : `/console/brands/${brand.id}`
  return (
    <ConsolePage
      frame={frame}
      section="brands"
      title={brand === undefined ? 'New brand' : `Edit ${brand.name}`}
      trail={[
        ...sectionTrail('brands'),
        ...(brand === undefined ? [] : [{ label: brand.name, href: `/console/brands/${brand.id}` }]),
      ]}
    >
      <PostForm action={path} state={state} class="panel">
        <Field {...field(state, 'name')} label="Name" maxlength={200} />
        <Field
          {...field(state, 'slug')}
          label="Short name"
          hint="What applications and patterns of group names call it: lower-case letters, digits and hyphens."
          maxlength={63}
        />
        <Buttons submit={brand === undefined ? 'Create the brand' : 'Save'} back={path} />
      </PostForm>
      {brand === undefined ? null : (
        <Panel title="Delete the brand" lead="Its mappings and everything that was given in it go with it, at once.">
          <ButtonForm action={`${path}/delete`} label="Delete the brand" kind="btn-danger" />
        </Panel>
      )}
    </ConsolePage>
  )
}
