// De usted.
import type { en } from './en.ts'

export const es = {
  'orgs.title': 'Sus organizaciones',
  'orgs.choose': 'Elija una organización',
  'orgs.lead': 'En este dispositivo tiene la sesión iniciada en:',
  'orgs.here': '<b>{organization}</b>, como {name} (ahora)',
  'orgs.continue': 'Continuar en {organization}, como {name}',
  'orgs.switch': 'Cambiar a {organization}, como {name}',
  'orgs.signInAt': 'Iniciar sesión en {organization}, como {name}',
  'orgs.another': 'Iniciar sesión en otra organización',
  'orgs.signOutAll': 'Cerrar todas las sesiones',
  'orgs.links': 'Cuentas vinculadas',
  'orgs.linksText':
    'Las cuentas vinculadas con la suya en {organization} se ofrecen aquí en todos los dispositivos. Ninguna organización sabe que tiene una cuenta en otro lugar.',
  'orgs.link': 'Vincular con {organization}',
  'orgs.unlink': 'Desvincular {organization}',
  'orgs.ended': 'Esa sesión ha terminado',
  'orgs.endedText': 'Vuelva a iniciar sesión allí.',
  'orgs.linked': 'Las cuentas están vinculadas',
  'orgs.linkedText': 'No se avisa a ninguna de las dos organizaciones.',
  'orgs.unlinked': 'Las cuentas ya no están vinculadas',
  'orgs.unlinkedText': 'Sus sesiones no se ven afectadas.',
  'orgs.proveThere': 'Confirme también allí su identidad',
  'orgs.proveThereText': 'Cambie a esa organización, confirme que es usted y vincule las cuentas en diez minutos.',
  'orgs.sendNow': '¿Enviar el formulario ahora?',
  'orgs.sendNowLead': 'Todavía no se ha enviado nada. Siga solo si lo ha rellenado usted.',
  'orgs.send': 'Enviar el formulario',
  'orgs.cancel': 'Cancelar',
} as const satisfies Record<keyof typeof en, string>
