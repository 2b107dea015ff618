function leading = np_leading_steps(net)
%NP_LEADING_STEPS Which steps of a DagNN network lead to each of them.
%   LEADING = NP_LEADING_STEPS(NET) takes what NP_PLAN_DAG returned. LEADING(K, J)
%   is true if step K needs the output of step J, or is step J.

count = numel(net.steps);
leading = logical(eye(count));
outputs = [net.steps.output];
for k = 1:count
  for variable = net.steps(k).inputs
    producer = find(outputs == variable);
    if ~isempty(producer)
      leading(k, :) = leading(k, :) | leading(producer, :);
    end
  end
end
end
