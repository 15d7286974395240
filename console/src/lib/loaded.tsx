import { useEffect, useState, type ComponentType } from 'react';

/**
 * A component whose code is loaded when it is first shown. `Placeholder` is shown until then: by default nothing.
 *
 * React's own `lazy` keeps the fallback of its `Suspense` for 300 ms, even if the code was loaded after ten.
 */
export function loaded<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Placeholder?: ComponentType<P>,
): ComponentType<P> {
  let present: ComponentType<P> | undefined;
  return function Loaded(props: P) {
    const [failure, setFailure] = useState<Error>();
    const [Shown, setShown] = useState(() => present);
    useEffect(() => {
      if (present) return;
      let isShown = true;
      load().then(
        (component) => {
          present = component;
          if (isShown) setShown(() => component);
        },
        (cause: unknown) => isShown && setFailure(cause as Error),
      );
      return () => {
        isShown = false;
      };
    }, []);
    // For the error boundary around it.
    if (failure) throw failure;
    if (Shown) return <Shown {...props} />;
    return Placeholder ? <Placeholder {...props} /> : null;
  };
}
