import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { Icon } from './icon';

type ToastTone = 'ok' | 'bad';
type ShowToast = (text: string, tone?: ToastTone) => void;

const ToastContext = createContext<ShowToast>(() => undefined);
const SHOWN_MILLIS = 4000;

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: ToastTone;
}

/** Says in passing that something was done: `toast('Copied')`. What must be read is a `Notice`. */
export function useToast(): ShowToast {
  return useContext(ToastContext);
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const lastId = useRef(0);
  const show = useCallback<ShowToast>((text, tone = 'ok') => {
    const id = (lastId.current += 1);
    setToasts((shown) => [...shown.slice(-2), { id, text, tone }]);
    setTimeout(() => setToasts((shown) => shown.filter((toast) => toast.id !== id)), SHOWN_MILLIS);
  }, []);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Showing it again moves it above a dialog that was opened in the meantime.
    place.current?.hidePopover();
    if (toasts.length > 0) place.current?.showPopover();
  }, [toasts]);
  return (
    <ToastContext value={show}>
      {children}
      <div ref={place} popover="manual" className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text, tone }) => (
          <p key={id} className="toast" data-tone={tone}>
            <Icon name={tone === 'ok' ? 'check' : 'warning'} />
            {text}
          </p>
        ))}
      </div>
    </ToastContext>
  );
}
