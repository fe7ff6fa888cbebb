// The story's cast: Northwind Media with three brands, its head office in Okta and a studio it bought in Entra ID.
import { type Company, company } from '../population.ts'

export const organizationName = 'Northwind Media'

export const brandNames = ['Aurora', 'Borealis', 'Cascade'] as const

/** Which group gives which role, in a brand or (without one) in the whole organization. */
export type MappingPlan = { group: string; role: 'administrator' | 'editor' | 'viewer'; brand?: string }

export const oktaMappings: readonly MappingPlan[] = [
  { group: 'Platform Administrators', role: 'administrator' },
  { group: 'Aurora Administrators', role: 'administrator', brand: 'Aurora' },
  { group: 'Aurora Editors', role: 'editor', brand: 'Aurora' },
  { group: 'Aurora Viewers', role: 'viewer', brand: 'Aurora' },
  { group: 'Borealis Editors', role: 'editor', brand: 'Borealis' },
  { group: 'Borealis Viewers', role: 'viewer', brand: 'Borealis' },
]

export const entraMappings: readonly MappingPlan[] = [
  { group: 'Cascade Administrators', role: 'administrator', brand: 'Cascade' },
  { group: 'Cascade Editors', role: 'editor', brand: 'Cascade' },
  { group: 'Borealis Guest Editors', role: 'editor', brand: 'Borealis' },
  { group: 'Cascade Viewers', role: 'viewer', brand: 'Cascade' },
  { group: 'Aurora Guest Viewers', role: 'viewer', brand: 'Aurora' },
]

/** Left without a mapping on purpose: a group alone gives nothing. */
export const unmappedGroup = 'Studio Everyone'

const peoplePerCompany = 150

/** Head office and studio, the same people on every run. */
export function cast(): { headOffice: Company; studio: Company } {
  const headOffice = company(20_261, {
    domain: 'northwind.example.com',
    people: peoplePerCompany,
    groups: oktaMappings.map((mapping) => mapping.group),
  })
  const studio = company(20_262, {
    domain: 'studio.example.com',
    people: peoplePerCompany,
    groups: [...entraMappings.map((mapping) => mapping.group), unmappedGroup],
    unlike: headOffice.people,
  })
  return { headOffice, studio }
}
