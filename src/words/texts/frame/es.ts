// De usted.
import type { en } from './en.ts'

export const es = {
  'frame.skip': 'Ir al contenido',
  'frame.optional': '(opcional)',
  'frame.reference': 'Referencia',
  'frame.about': 'Acerca de este servicio',
  'frame.help': 'Ayuda',
  'frame.privacy': 'Privacidad',
  'frame.terms': 'Condiciones de uso',
  'frame.support': 'Soporte: {contact}',
  'frame.continue': 'Continuar',
  'frame.signIn': 'Iniciar sesión',
  'frame.backToSignIn': 'Volver al inicio de sesión',
  'frame.askForAccess': 'Solicitar acceso',
  'fault.invalid.title': 'No ha funcionado',
  'fault.invalid.advice':
    'La solicitud no es como la esperamos. Vuelva atrás, revise lo que ha introducido e inténtelo de nuevo.',
  'fault.unauthenticated.title': 'Inicie sesión',
  'fault.unauthenticated.advice': 'No ha iniciado sesión o esta ya ha terminado. Inicie sesión e inténtelo de nuevo.',
  'fault.forbidden.title': 'No tiene acceso a esto',
  'fault.forbidden.advice': 'Si lo necesita para su trabajo, consulte a un administrador de su organización.',
  'fault.not_found.title': 'Aquí no hay nada',
  'fault.not_found.advice':
    'Puede que el enlace sea antiguo o esté mal escrito. Compruebe la dirección o vuelva a la página anterior.',
  'fault.conflict.title': 'Ya está en uso',
  'fault.conflict.advice':
    'Lo que ha introducido entra en conflicto con algo que ya existe. Vuelva atrás y elija otra cosa.',
  'fault.precondition_failed.title': 'Alguien se ha adelantado',
  'fault.precondition_failed.advice':
    'Esto ha cambiado entretanto. Vuelva atrás, recargue la página y repita el cambio.',
  'fault.against_policy.title': 'Su organización no lo permite',
  'fault.against_policy.advice': 'Vuelva atrás y hágalo de otra manera, o pregunte a un administrador por la norma.',
  'fault.precondition_required.title': 'Hace falta una confirmación',
  'fault.precondition_required.advice': 'Vuelva atrás, vea qué efecto tendría el cambio y confírmelo.',
  'fault.too_large.title': 'Era demasiado',
  'fault.too_large.advice': 'Vuelva atrás y envíe menos datos de una vez.',
  'fault.too_many.title': 'Demasiados intentos',
  'fault.too_many.advice': 'Espere un minuto e inténtelo de nuevo.',
  'fault.unavailable.title': 'Volvemos enseguida',
  'fault.unavailable.advice':
    'El servicio no está disponible en este momento. Espere unos segundos y recargue la página.',
  'fault.internal.title': 'Algo ha fallado por nuestra parte',
  'fault.internal.advice':
    'No es culpa suya. Inténtelo de nuevo; si vuelve a ocurrir, facilite la referencia de abajo a su administrador.',
} as const satisfies Record<keyof typeof en, string>
