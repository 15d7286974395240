import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { lockWhenIdle } from './session/idle-lock';
import { openSession } from './session/opening';

const root = document.getElementById('app');
if (!root) throw new Error('The page has no element with the id app');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
lockWhenIdle();
void openSession();
